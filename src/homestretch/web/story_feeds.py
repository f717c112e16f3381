"""Stories for newsrooms: RSS 2.0, JSON Feed 1.1 (jsonfeed.org), and the answer of oEmbed 1.0 (oembed.com)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

import msgspec

from homestretch.boards.stories import StoryEntry
from homestretch.boards.story import StoryBoard
from homestretch.photos.developing import PAGE_PX
from homestretch.picture import Picture


def rss(picture: Picture, entries: Sequence[StoryEntry], event_url: str) -> bytes:
    """The published stories as RSS; what was taken down is in it no more."""
    event = picture.event
    feed = f"{event_url}/stories/feed.xml"
    items = "".join(
        f"<item><title>{escape(one.headline)}</title><link>{escape(_page(event_url, one))}</link>"
        f'<guid isPermaLink="true">{escape(_page(event_url, one))}</guid>'
        f"<pubDate>{format_datetime(_moment(picture, one))}</pubDate>"
        f"<description>{escape(one.lead)}</description>{_media(event_url, one)}</item>"
        for one in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:media="http://search.yahoo.com/mrss/"><channel>'
        f"<title>{escape(event.name)}: stories</title><link>{escape(event_url)}/stories</link>"
        f"<language>en</language><description>Stories from the end of the field, told with the consent of who is in them.</description>"
        f'<atom:link href={quoteattr(feed)} rel="self" type="application/rss+xml"/>'
        f"<ttl>1</ttl>{items}</channel></rss>\n"
    ).encode()


def json_feed(picture: Picture, entries: Sequence[StoryEntry], event_url: str) -> bytes:
    """The same as JSON Feed."""
    return msgspec.json.encode(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{picture.event.name}: stories",
            "language": "en",
            "authors": [{"name": picture.event.name, "url": event_url}],
            "home_page_url": f"{event_url}/stories",
            "feed_url": f"{event_url}/stories/feed.json",
            "items": [
                {
                    "id": _page(event_url, one),
                    "url": _page(event_url, one),
                    "title": one.headline,
                    "content_text": one.lead,
                    "date_published": _moment(picture, one).isoformat(),
                }
                | ({"image": _photo(event_url, one)} if one.photo else {})
                for one in entries
            ],
        }
    )


def oembed(picture: Picture, board: StoryBoard, page: str, card: str) -> bytes:
    """What another page shows of a link to a story. ``cache_age`` (s): so soon it looks again."""
    said = {
        "version": "1.0",
        "type": "link",
        "title": board.told.headline.words,
        "author_name": picture.event.name,
        "provider_name": picture.event.name,
        "provider_url": page.partition("/stories/")[0],
        "cache_age": 60,
    }
    if card:
        said |= {"thumbnail_url": card, "thumbnail_width": 1200, "thumbnail_height": 630}
    return msgspec.json.encode(said)


def _page(event_url: str, one: StoryEntry) -> str:
    return f"{event_url}/stories/{one.id}"


def _photo(event_url: str, one: StoryEntry) -> str:
    return f"{_page(event_url, one)}/photo-{one.photo.name if one.photo else ''}-{PAGE_PX}.jpg"


def _media(event_url: str, one: StoryEntry) -> str:
    """The picture with who took it (Media RSS 1.5.1). An ``<enclosure>`` would have to say its length in bytes, which is
    known once somebody asks for it."""
    if one.photo is None:
        return ""
    address, (width, height) = quoteattr(_photo(event_url, one)), one.photo.size(PAGE_PX)
    return (
        f'<media:content url={address} type="image/jpeg" medium="image" width="{width}" height="{height}">'
        f'<media:credit role="photographer">{escape(one.credit)}</media:credit></media:content>'
    )


def _moment(picture: Picture, one: StoryEntry) -> dt.datetime:
    return dt.datetime.fromtimestamp(one.published_at // 1000, picture.event.zone_info)
