"""Words on a disk: said again in the language of whoever reads them later."""

from __future__ import annotations

import msgspec
import pytest

from homestretch.photos.opening import PhotoRefused, open_photo
from homestretch.race.kept_words import KeptWords, keep_words, say_kept
from homestretch.race.saying import said
from homestretch.web.spoken import find_speech


def through_a_file(words: str) -> str:
    """What comes back from a disk."""
    kept = msgspec.json.decode(msgspec.json.encode(keep_words(words)), type=KeptWords)
    return say_kept(kept)


def test_a_sentence_with_words_in_it_is_said_again_in_german_after_it_lay_on_a_disk() -> None:
    with pytest.raises(PhotoRefused) as refused:
        open_photo(b"%PDF-1.7 " + b"x" * 100)
    back = through_a_file(refused.value.what)
    assert back == refused.value.what
    german = find_speech("de").again(back)
    assert german == "Das ist kein JPEG, HEIC oder PNG, gleich wie es heißt: es ist ein PDF."


@pytest.mark.parametrize("words", ["", "{no} message of ours", said("{name} 7", name="{x}")])
def test_what_is_no_message_comes_back_as_it_was(words: str) -> None:
    back = through_a_file(words)
    assert find_speech("de").again(back) == back == words
