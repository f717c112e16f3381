"""What a picture that leaves says of itself: who took it, what it shows, who is in it; and nothing of its original.

As XMP and, for the older software of newsrooms, as IIM, by the IPTC Photo Metadata Standard 2023.2 (iptc.org). Names
are those that the page shows.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

import msgspec

_IIM: Final = {"headline": (105, 256), "credit": (110, 32), "caption": (120, 2000), "creator": (80, 32), "rights": (116, 128)}  # fmt: skip
"""Field → number of its data set in record 2 and the most bytes that the standard allows it."""
_LISTS: Final = {"caption": "Alt", "creator": "Seq", "rights": "Alt", "people": "Bag"}
_NAMES: Final = {
    "caption": "dc:description",
    "creator": "dc:creator",
    "rights": "dc:rights",
    "credit": "photoshop:Credit",
    "headline": "photoshop:Headline",
    "people": "Iptc4xmpExt:PersonInImage",
}
_SPACES: Final = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """``creator`` took the picture; ``credit`` is the line below it; ``people`` who is in it, as they
    agreed to be shown."""

    creator: str = ""
    credit: str = ""
    headline: str = ""
    caption: str = ""
    rights: str = ""
    people: tuple[str, ...] = ()


def write_xmp(credit: Credit) -> bytes:
    """The XMP packet; what is empty is left out."""
    spaces = "".join(f' xmlns:{name}="{uri}"' for name, uri in _SPACES.items())
    said = "".join(_property(field, getattr(credit, field)) for field in _NAMES)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{spaces}>{said}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def _property(field: str, value: str | tuple[str, ...]) -> str:
    name, values = _NAMES[field], (value,) if isinstance(value, str) else value
    if not any(values):
        return ""
    if field not in _LISTS:
        return f"<{name}>{escape(values[0])}</{name}>"
    kind = _LISTS[field]
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{escape(one)}</rdf:li>" for one in values)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def write_iim(credit: Credit) -> bytes:
    """The same as segment APP13 of a JPEG: an image resource 0x0404 (IPTC-NAA) with records 1 and 2."""
    sets = b"\x1c\x01\x5a\x00\x03\x1b%G"  # 1:90, what follows is UTF-8
    for field, (number, most) in _IIM.items():
        text = _cut(getattr(credit, field), most)
        if text:
            sets += b"\x1c\x02" + bytes([number]) + len(text).to_bytes(2, "big") + text
    resource = (
        b"8BIM\x04\x04\x00\x00" + len(sets).to_bytes(4, "big") + sets + b"\0" * (len(sets) % 2)
    )
    content = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content


def _cut(text: str, most: int) -> bytes:
    return text.encode()[:most].decode("utf-8", "ignore").encode()
