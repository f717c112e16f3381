"""RACE RESULT decoders: the talk, what is pulled and pushed, files, crashes, boxes old and odd."""

from __future__ import annotations

import socket

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homestretch.facts import ClockChecked, DeviceStatus, Marker, Read, Unreadable
from homestretch.readers import Context, Heard, list_readers
from homestretch.readers.raceresult import CHUNK, RaceResult
from tests.emulators.raceresult import Decoder, serve
from tests.readers.decoder_talk import (
    AT,
    CONTEXT,
    NEW_YORK,
    PEER,
    Log,
    Talk,
    a_decoder,
    at,
    talk,
)

SOURCE = "raceresult:D-50432/177"
ON = b"GETCONFIG;GENERAL;BOXNAME\r\nPASSINGS\r\n"


def with_passings(many: int, **settings: object) -> Decoder:
    decoder = a_decoder(**settings)
    for number in range(1, many + 1):
        decoder.see(f"ZICAD{number}")
    return decoder


def hear(*lines: bytes, context: Context = CONTEXT) -> list[Heard]:
    """What lines say to a reader that has no further conversation."""
    reader = RaceResult(context)
    return [heard for line in lines for heard in reader.receive(line + b"\r\n", AT)]


def ranges(commands: list[str]) -> list[str]:
    return [command for command in commands if command[0].isdigit()]


def test_it_is_found_by_its_name_and_calls_the_decoder() -> None:
    kind = list_readers()["raceresult"]
    assert (kind.transport, kind.port) == ("tcp-client", 3601)
    assert isinstance(kind.make(CONTEXT), RaceResult)


def test_the_talk_begins_with_the_protocol_and_ends_with_pushed_passings() -> None:
    assert talk(with_passings(3)).commands == [
        "GETPROTOCOL", "SETPROTOCOL;3.3", "GETCONFIG;GENERAL;BOXNAME", "PASSINGS", "GETTIME",
        "GETSTATUS", "1:3", "SETPUSHPASSINGS;1;0", "PASSINGS",
    ]  # fmt: skip


def test_an_empty_file_is_listened_to_at_once() -> None:
    assert talk(a_decoder()).commands == [
        "GETPROTOCOL", "SETPROTOCOL;3.3", "GETCONFIG;GENERAL;BOXNAME", "PASSINGS", "GETTIME",
        "GETSTATUS", "SETPUSHPASSINGS;1;0", "PASSINGS",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"GETPROTOCOL;2.0;1.0;3.3", b"SETPROTOCOL;3.3\r\n"),
        (b"GETPROTOCOL;2.0;1.0;2.10", b"SETPROTOCOL;2.10\r\n"),
        (b"GETPROTOCOL;2.0;1.0;4.1", b"SETPROTOCOL;3.3\r\n"),
        (b"GETPROTOCOL;1.2;1.0;1.2", b"SETPROTOCOL;1.2\r\n"),
        (b"GETPROTOCOL;4.0;3.4;4.1", ON),
        (b"GETPROTOCOL;1.0", ON),
        (b"GETPROTOCOL;new;er;est", ON),
    ],
)
def test_the_newest_version_that_both_speak_is_chosen(answer: bytes, said: bytes) -> None:
    reader = RaceResult(CONTEXT)
    assert reader.to_send() == b"GETPROTOCOL\r\n"
    assert reader.receive(answer + b"\r\n", AT) == []
    assert reader.to_send() == said


def test_a_box_that_does_not_say_its_name_is_known_by_its_first_passing() -> None:
    decoder, log = with_passings(3, tells_its_name=False), Log()
    ours = talk(decoder, log)
    assert ranges(ours.commands) == ["1", "2:2"]
    assert log.numbers() == [1, 2, 3]
    decoder.see("ZICAD4")
    assert ranges(talk(decoder, log).commands) == ["1", "4"]


def test_who_is_there_is_said_when_it_is_known() -> None:
    decoder = a_decoder()
    ours = Talk(decoder, Log())
    assert ours.reader.sources == ()
    assert ours.run().reader.sources == (SOURCE,)
    decoder.see("ZICAD1")
    decoder.begin_a_file()
    assert ours.seconds(60).reader.sources == (SOURCE, "raceresult:D-50432/178")


def test_what_is_there_already_is_pulled_in_bounded_pieces() -> None:
    done = talk(with_passings(2 * CHUNK + 1))
    assert ranges(done.commands) == [f"1:{CHUNK}", f"{CHUNK + 1}:{CHUNK}", f"{2 * CHUNK + 1}"]
    assert done.log.numbers() == list(range(1, 2 * CHUNK + 2))


def test_the_next_piece_is_asked_for_when_the_one_before_was_handed_over() -> None:
    ours = Talk(with_passings(2 * CHUNK), Log()).until(f"1:{CHUNK}")
    assert ours.log.numbers() == list(range(1, CHUNK + 1))
    assert ours.commands[-1] == f"1:{CHUNK}"


def test_a_passing_is_a_read_under_its_own_number() -> None:
    decoder = a_decoder()
    decoder.see("0000zicad30")
    ((fact_id, fact),) = ((k, v) for k, v in talk(decoder).log.facts.items() if isinstance(v, Read))
    assert fact == Read(seen_at=AT, chip="ZICAD30", place="FINISH")
    assert (fact_id.source, fact_id.number) == (SOURCE, 1)


def test_new_passings_are_pushed() -> None:
    decoder = with_passings(2)
    ours = talk(decoder)
    decoder.see("ZICAD3")
    ours.run()
    assert ours.log.numbers() == [1, 2, 3]
    assert ranges(ours.commands) == ["1:2"]


def test_nothing_falls_between_the_list_and_the_pushing() -> None:
    decoder = with_passings(2)
    ours = Talk(decoder, Log()).until("1:2")
    decoder.see("ZICAD3")  # the list is through, nothing is pushed yet
    assert ours.run().log.numbers() == [1, 2, 3]


def test_a_push_inside_a_list_disturbs_neither() -> None:
    decoder = with_passings(9)
    ours = talk(decoder)
    decoder.begin_a_file()
    for number in range(6):
        decoder.files[178].append(
            f"{number + 1};A{number};2026-05-03;07:00:00.000" + ";" * 13 + "178;;"
        )
    decoder.seen_during_the_next_list = ["PUSHED1", "PUSHED2"]
    ours.seconds(60)
    chips = {fact.chip for fact in ours.log.of(Read) if isinstance(fact, Read)}
    assert {"PUSHED1", "PUSHED2", "A0", "A5"} <= chips
    assert ours.log.numbers("raceresult:D-50432/178") == list(range(1, 9))


def test_after_a_reconnect_only_what_is_missing_is_pulled() -> None:
    decoder, log = with_passings(250), Log()
    talk(decoder, log)
    decoder.drop()
    for number in range(251, 260):
        decoder.see(f"ZICAD{number}")
    again = talk(decoder, log)
    assert ranges(again.commands) == ["251:9"]
    assert log.numbers() == list(range(1, 260))


def test_what_comes_behind_a_gap_is_asked_for_again() -> None:
    decoder, log = with_passings(8), Log()
    talk(decoder, log)
    for fact_id in [fact_id for fact_id in log.facts if fact_id.number == 4]:
        del log.facts[fact_id]
    again = talk(decoder, log)
    assert ranges(again.commands) == ["4:5"]
    assert log.numbers() == list(range(1, 9))


def test_a_passing_that_comes_again_is_known_again() -> None:
    decoder, log = with_passings(5), Log()
    talk(decoder, log)
    before = len(log.facts)
    talk(decoder, log).conversation.receive(b"SETPUSHPASSINGS;1;1\r\n")
    talk(decoder, Log(), CONTEXT)
    assert len(log.of(Read)) == 5
    assert len(log.facts) == before
    assert log.numbers() == [1, 2, 3, 4, 5]


def test_a_push_that_shows_a_gap_makes_it_ask_for_what_is_missing() -> None:
    decoder = with_passings(2)
    ours = talk(decoder)
    ours.conversation.pushing = False
    decoder.see("LOST")
    ours.conversation.pushing = True
    decoder.see("ZICAD4")
    ours.run()
    assert ours.log.numbers() == [1, 2, 3, 4]
    assert ranges(ours.commands)[-1] == "3:2"


def test_a_push_that_got_lost_is_found_within_a_minute() -> None:
    decoder = with_passings(2)
    ours = talk(decoder)
    ours.conversation.pushing = False
    decoder.see("LOST")
    assert ours.run().log.numbers() == [1, 2]
    assert ours.seconds(60).log.numbers() == [1, 2, 3]


def test_a_new_file_begins_its_numbers_anew() -> None:
    decoder = with_passings(3)
    ours = talk(decoder)
    decoder.begin_a_file()
    decoder.see("AFTER1")
    decoder.see("AFTER2")
    ours.run()
    assert ours.log.numbers() == [1, 2, 3]
    assert ours.log.numbers("raceresult:D-50432/178") == [1, 2]
    assert ours.reader.source == "raceresult:D-50432/178"
    checked = [fact.of for fact in ours.log.of(ClockChecked) if isinstance(fact, ClockChecked)]
    assert checked == [SOURCE, "raceresult:D-50432/178"]
    decoder.see("AFTER3")
    assert ours.run().log.numbers("raceresult:D-50432/178") == [1, 2, 3]
    assert "3" not in ours.commands


def test_a_new_file_while_nobody_was_connected_is_pulled_from_its_beginning() -> None:
    decoder, log = with_passings(30), Log()
    talk(decoder, log)
    decoder.drop()
    decoder.begin_a_file()
    for number in range(40):
        decoder.see(f"B{number}")
    talk(decoder, log)
    assert log.numbers("raceresult:D-50432/178") == list(range(1, 41))


def test_a_file_that_begins_anew_under_an_old_number_loses_nothing() -> None:
    decoder, log = with_passings(30), Log()
    ours = talk(decoder, log)
    decoder.begin_a_file(177)  # the files were cleared
    for number in range(20):
        decoder.see(f"B{number}")
    ours.run()
    assert len(log.of(Read)) == 50
    decoder.drop()
    decoder.begin_a_file(177)
    for number in range(10):
        decoder.see(f"C{number}")
    talk(decoder, log)
    assert len(log.of(Read)) == 60


def test_a_file_that_begins_anew_is_noticed_by_its_count_where_nothing_is_pushed() -> None:
    decoder = with_passings(30, silent=frozenset({"SETPUSHPASSINGS"}))
    ours = talk(decoder).seconds(25)
    decoder.begin_a_file(177)
    for number in range(20):
        decoder.see(f"B{number}")
    ours.seconds(10)
    assert len(ours.log.of(Read)) == 50


def test_two_boxes_of_one_name_are_two_sources() -> None:
    log = Log()
    talk(with_passings(5), log)
    talk(with_passings(7, box_id="D-50433"), log)
    assert log.numbers() == [1, 2, 3, 4, 5]
    assert log.numbers("raceresult:D-50433/177") == list(range(1, 8))


@pytest.mark.parametrize("fields", [4, 7, 8, 16])
def test_an_old_box_that_does_not_say_who_it_is_goes_by_its_address(fields: int) -> None:
    decoder, log = with_passings(5, fields=fields, tells_its_name=False), Log()
    talk(decoder, log)
    assert log.numbers(f"raceresult:{PEER}/177") == [1, 2, 3, 4, 5]
    assert {fact.place for fact in log.of(Read) if isinstance(fact, Read)} == {PEER}
    decoder.see("ZICAD6")
    assert ranges(talk(decoder, log).commands) == ["1", "6"]


def test_a_box_with_a_name_and_no_id_goes_by_its_name() -> None:
    assert talk(with_passings(2, box_id="")).log.numbers("raceresult:FINISH/177") == [1, 2]


def test_the_place_is_what_the_plan_says_else_the_name_of_the_box() -> None:
    planned = Context(zone=NEW_YORK, date="2026-05-03", place="10K", peer=PEER)
    for context, place in ((planned, "10K"), (CONTEXT, "FINISH")):
        facts = talk(with_passings(1), Log(), context).log.facts.values()
        assert {fact.place for fact in facts if isinstance(fact, Read)} == {place}


def test_a_box_that_counts_without_a_file_number_is_pulled_all_the_same() -> None:
    reader = RaceResult(CONTEXT)
    reader.receive(b"GETPROTOCOL;1.0\r\n", AT)
    reader.receive(b"PASSINGS;2\r\n", AT)
    (heard,) = reader.receive(b"1;33;2026-05-03;07:00:02.773\r\n", AT)
    assert (heard.received.source, heard.received.number) == (f"raceresult:{PEER}/0", 1)
    reader.receive(b"GETTIME;2026-05-03;07:41:40.000\r\nGETSTATUS;1;1\r\n", AT)
    assert reader.to_send().split(b"\r\n")[-2] == b"1:2"


def test_the_clock_is_compared_and_shifts_nothing() -> None:
    decoder = with_passings(1)
    (fact,) = talk(decoder).log.of(ClockChecked)
    assert fact == ClockChecked(seen_at=AT, of=SOURCE, offset_ms=0)
    (heard,) = hear(b"GETTIME;2026-05-03;07:41:38.500")
    assert isinstance(heard.received.fact, ClockChecked)
    assert heard.received.fact.offset_ms == 1500
    (heard,) = hear(b"GETTIME;0000-00-00;00:00:00.000")
    assert isinstance(heard.received.fact, ClockChecked)
    assert heard.received.fact.offset_ms == AT - at("00:00:00.000")


def test_a_clock_is_compared_again_when_its_source_is_known_better() -> None:
    decoder = a_decoder(tells_its_name=False)
    ours = talk(decoder)
    decoder.see("ZICAD1")
    ours.run()
    checked = [fact.of for fact in ours.log.of(ClockChecked) if isinstance(fact, ClockChecked)]
    assert checked == [f"raceresult:{PEER}/177", SOURCE]


def test_how_the_box_is_becomes_a_fact() -> None:
    decoder = with_passings(1)
    decoder.errors = "257"
    (fact,) = talk(decoder).log.of(DeviceStatus)
    assert fact == DeviceStatus(
        seen_at=AT,
        of=SOURCE,
        place="FINISH",
        reading=True,
        on_mains=True,
        battery=0.87,
        temperature_c=31.0,
        has_gps=True,
        antennas=4,
        errors=("the UHF module reports an error", "GPS does not set the time"),
    )


def test_a_box_in_test_mode_is_told_and_never_started() -> None:
    decoder = a_decoder()
    decoder.operating = False
    ours = talk(decoder).seconds(200)
    (fact, *_) = ours.log.of(DeviceStatus)
    assert isinstance(fact, DeviceStatus)
    assert fact.reading is False
    asked = {command.split(";")[0] for command in ours.commands}
    assert asked <= {
        "GETPROTOCOL", "SETPROTOCOL", "GETCONFIG", "PASSINGS", "GETTIME", "GETSTATUS", "SETPUSHPASSINGS"
    }  # fmt: skip


def test_it_pings_every_half_minute_and_asks_for_the_status_every_minute() -> None:
    ours = talk(with_passings(1)).seconds(300)
    assert ours.conversation.pings == 10
    assert ours.commands.count("GETSTATUS") == 6
    assert ours.commands.count("PASSINGS") == 7


def test_what_is_not_answered_is_asked_again_after_ten_seconds() -> None:
    reader = RaceResult(CONTEXT)
    assert reader.to_send() == b"GETPROTOCOL\r\n"
    for _ in range(9):
        reader.tick(AT)
    assert reader.to_send() == b""
    reader.tick(AT)
    assert reader.to_send() == b"GETPROTOCOL\r\n"


@pytest.mark.parametrize(
    "silent", ["GETPROTOCOL", "SETPROTOCOL", "GETTIME", "GETSTATUS", "SETPUSHPASSINGS"]
)
def test_a_box_that_does_not_know_a_command_is_read_all_the_same(silent: str) -> None:
    decoder = with_passings(5, silent=frozenset({silent}))
    ours = talk(decoder).seconds(40)
    assert ours.commands.count(silent) + ours.commands.count("SETPROTOCOL;3.3") >= 1
    decoder.see("ZICAD6")
    assert ours.seconds(10).log.numbers() == [1, 2, 3, 4, 5, 6]


def test_a_box_that_gives_no_lists_still_pushes() -> None:
    decoder = with_passings(3, silent=frozenset({"1:3"}))
    ours = talk(decoder).seconds(60)
    decoder.see("ZICAD4")
    assert 4 in ours.run().log.numbers()


def test_the_count_is_asked_for_until_it_is_answered() -> None:
    decoder = with_passings(3, silent=frozenset({"PASSINGS"}))
    ours = talk(decoder).seconds(100)
    assert ours.commands.count("PASSINGS") == 11
    decoder.silent = frozenset()
    assert ours.seconds(60).log.numbers() == [1, 2, 3]


def test_a_list_that_breaks_off_is_asked_for_again() -> None:
    decoder = with_passings(5)
    ours = Talk(decoder, Log()).until("GETSTATUS")
    kept, decoder.files[177] = decoder.files[177], decoder.files[177][:3]
    ours.run()
    assert ours.log.numbers() == [1, 2, 3]
    decoder.files[177] = kept
    assert ours.seconds(80).log.numbers() == [1, 2, 3, 4, 5]


def test_a_list_that_was_given_up_is_asked_for_with_the_next_count() -> None:
    decoder = with_passings(5)
    ours = Talk(decoder, Log()).until("GETSTATUS")
    kept, decoder.files[177] = decoder.files[177], decoder.files[177][:3]
    ours.run().seconds(40)
    assert ours.commands.count("1:5") == 2
    decoder.files[177] = kept
    assert ours.seconds(20).log.numbers() == [1, 2, 3, 4, 5]


def test_a_list_that_comes_slowly_is_waited_for() -> None:
    decoder = with_passings(5)
    ours = Talk(decoder, Log()).until("GETSTATUS")
    ours.conversation.receive(ours.reader.to_send())
    for line in ours.conversation.take().splitlines(keepends=True):
        for _ in range(9):
            ours.reader.tick(AT)
        ours.log.keep(ours.reader.receive(line, AT))
    ours.run()
    assert ours.log.numbers() == [1, 2, 3, 4, 5]
    assert ours.commands.count("1:5") == 1


def test_the_word_that_there_are_fewer_passings_ends_the_wait() -> None:
    reader = RaceResult(CONTEXT)
    reader.receive(b"GETPROTOCOL;1.0\r\nPASSINGS;50;177\r\n", AT)
    assert reader.receive(b"ONLY 3\r\n", AT) == []
    assert reader.to_send().endswith(b"1\r\nGETTIME\r\n")


def test_markers_are_proposals_not_reads() -> None:
    decoder = a_decoder()
    decoder.see("99999")
    log = talk(decoder).log
    assert log.of(Read) == []
    assert log.of(Marker) == [Marker(seen_at=AT, place="FINISH", label="marker 99999")]
    assert log.numbers() == [1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"#P;5;ZICAD30;2026-02-30;07:00:00.000", "a date or time that does not exist"),
        (b"#P;5;ZICAD30;2026-05-03;24:00:00.000", "a date or time that does not exist"),
        (b"5;ZICAD30;today;07:00:00.000", "a date or time that does not exist"),
        (b"5;;2026-05-03;07:00:00.000", "no transponder"),
        (b"5;A\x07;2026-05-03;07:00:00.000", "no transponder"),
        (b"#P;five;ZICAD30;2026-05-03;07:00:00.000", "not a passing"),
        (b"#P;5;ZICAD30", "not a passing"),
        (b"5", "not a passing"),
        (b"#P", "not a passing"),
        (b"garbage", "an answer that we do not know"),
        (b"UNKNOWN COMMAND", "an answer that we do not know"),
        (b"\xff\xfe\x00", "an answer that we do not know"),
        (b"PASSINGS", "an answer that we do not know"),
        (b"PASSINGS;many;177", "a count that is no number"),
        (b"GETTIME", "an answer that we do not know"),
        (b"GETTIME;2026-05-03;noon", "a device time that is no time"),
        (b"GETSTATUS", "an answer that we do not know"),
        (b"ONLY 3", "an answer that we do not know"),
    ],
)
def test_what_cannot_be_read_says_why_and_is_kept(line: bytes, reason: str) -> None:
    reader = RaceResult(CONTEXT)
    (heard,) = reader.receive(line + b"\r\n", AT)
    assert isinstance(heard.received.fact, Unreadable)
    assert (heard.received.fact.reason, heard.text) == (reason, line)
    (after,) = reader.receive(b"#P;6;ZICAD30;2026-05-03;07:00:00.000\r\n", AT)
    assert isinstance(after.received.fact, Read)


def test_a_passing_that_cannot_be_read_is_not_asked_for_again() -> None:
    decoder, log = with_passings(2), Log()
    decoder.see("ZICAD3", date="2026-02-30")
    decoder.see("ZICAD4")
    talk(decoder, log)
    assert log.numbers() == [1, 2, 3, 4]
    assert len(log.of(Unreadable)) == 1
    assert ranges(talk(decoder, log).commands) == []


@given(
    actions=st.lists(
        st.sampled_from(("see", "step", "second", "drop", "crash", "minute")), max_size=40
    ),
    largest=st.integers(1, 400),
)
@settings(deadline=None)
def test_whatever_breaks_whenever_each_passing_is_kept_once(
    actions: list[str], largest: int
) -> None:
    decoder, log = with_passings(3), Log()
    ours = Talk(decoder, log)
    for action in actions:
        match action:
            case "see":
                decoder.see("AGAIN")
            case "step":
                ours.step(largest)
            case "second":
                log.keep(ours.reader.tick(AT))
            case "minute":
                ours.seconds(60)
            case "drop":
                decoder.drop()
                ours = Talk(decoder, log)
            case "crash":  # what was heard last is not durable
                ours.conversation.receive(ours.reader.to_send())
                ours.reader.receive(ours.conversation.take(), AT)
                decoder.drop()
                ours = Talk(decoder, log)
    ours.run(largest).seconds(60)
    assert log.numbers() == list(range(1, len(decoder.passings) + 1))


@given(lines=st.lists(st.binary(max_size=60) | st.sampled_from(
    (b"PASSINGS;999999999;1", b"PASSINGS;0;2", b"1;A;2026-05-03;07:00:00", b"SETPUSHPASSINGS;0;0",
     b"#P;999999999;A;2026-05-03;07:00:00", b"ONLY 0", b"GETPROTOCOL;9;1.0;9.9", b"100;A;b;c")
), max_size=30))  # fmt: skip
def test_no_answers_make_it_talk_without_end(lines: list[bytes]) -> None:
    reader = RaceResult(CONTEXT)
    reader.resume(lambda _: np.array([1, 2, 3, 7, 2**40], np.int64))
    said = len(reader.to_send())
    for line in lines:
        reader.receive(line + b"\r\n", AT)
        said += len(reader.to_send())
        reader.tick(AT)
        said += len(reader.to_send())
    assert said <= 30 * (1 + sum(2 + line.count(b"\n") + line.count(b"\r") for line in lines))


def test_a_real_socket_carries_it() -> None:
    decoder, log = with_passings(350), Log()
    reader = RaceResult(CONTEXT)
    reader.resume(log.known)
    with serve(decoder) as port, socket.create_connection(("127.0.0.1", port), 10) as peer:
        while len(log.numbers()) < 351:
            peer.sendall(reader.to_send())
            log.keep(reader.receive(peer.recv(1000), AT))
            if len(log.numbers()) == 350 and len(decoder.passings) == 350:
                decoder.see("LAST")
    assert log.numbers() == list(range(1, 352))
