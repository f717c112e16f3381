"""A certificate of one's own: found, or refused in words before anything is served."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from homestretch.errors import PlanError
from homestretch.server.listening import only_server_of
from homestretch.server.tls import CERTIFICATE, PRIVATE_KEY, get_tls
from homestretch.server.told_address import Address, telling_address
from tests.cli.conftest import Run


@pytest.fixture(scope="module")
def certificate() -> trustme.LeafCert:
    return trustme.CA().issue_cert("race.example")


def put(folder: Path, certificate: trustme.LeafCert) -> None:
    """The files in the folder of an event."""
    certificate.cert_chain_pems[0].write_to_path(str(folder / CERTIFICATE))
    certificate.private_key_pem.write_to_path(str(folder / PRIVATE_KEY))


def test_the_files_lie_in_the_folder_or_are_named(
    tmp_path: Path, certificate: trustme.LeafCert
) -> None:
    put(tmp_path, certificate)
    assert get_tls(tmp_path, None, None).certificate == str(tmp_path / CERTIFICATE)
    other = tmp_path / "renewed.pem"
    (tmp_path / CERTIFICATE).rename(other)
    assert get_tls(tmp_path, other, None).certificate == str(other)


def test_without_its_files_nothing_is_served(folder: Path, run: Run) -> None:
    done = run("run", folder, "--tls")
    assert done.exit_code == 1
    assert f"{folder / CERTIFICATE} cannot be read" in done.stderr
    assert "docs/how-to/phones-and-tls.md" in done.stderr


@pytest.mark.parametrize("wrong", ["no certificate", "another's key"])
def test_what_is_no_certificate_and_its_key_is_refused(
    tmp_path: Path, certificate: trustme.LeafCert, wrong: str
) -> None:
    put(tmp_path, certificate)
    if wrong == "no certificate":
        (tmp_path / CERTIFICATE).write_text("a piece of paper", encoding="utf-8")
    else:
        trustme.CA().issue_cert("other.example").private_key_pem.write_to_path(
            str(tmp_path / PRIVATE_KEY)
        )
    with pytest.raises(PlanError, match="no certificate and its key"):
        get_tls(tmp_path, None, None)


def test_the_link_of_a_key_begins_with_https_where_the_pages_do(folder: Path, run: Run) -> None:
    told = Address("127.0.0.1", 8123, secure=True)
    with only_server_of(folder), telling_address(folder, told):
        shown = run("key", "create", folder, "--role", "desk").stdout
    assert "  https://127.0.0.1:8123/mill-race/key/" in shown
