"""Octets at fixed places that tell what a file is, in the order in which they are looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

MAGICS: tuple[tuple[int, bytes, str], ...] = (
    # programs
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"dex\n03", "application/x-dex"),
    (0, b"dey\n03", "application/x-dex"),
    (0, b"cdex0", "application/x-dex"),
    (0, b"vdex0", "application/x-dex"),
    (0, b"\x1bLua", "application/x-bytecode"),
    (0, b"\x1bLJ", "application/x-bytecode"),
    (0, b"BC\xc0\xde", "application/x-bytecode"),
    (0, b"FasdUAS ", "application/x-bytecode"),
    (0, b"PReg\x01\0\0\0", "application/x-registry-hive"),
    (0, b"\0asm\x01\0\0\0", "application/wasm"),
    (0, b"\0asm\x0d\0\x01\0", "application/wasm"),
    # archives
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"PK\x07\x08", "application/zip"),
    (0, b"PK00PK\x03\x04", "application/zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"RE~^", "application/vnd.rar"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"LZIP", "application/x-lzip"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"\x04\x22\x4d\x18", "application/x-lz4"),
    (0, b"\x1f\x9d", "application/x-compress"),
    (0, b"\x1f\xa0", "application/x-compress"),
    (0, b"\x1f\x1e", "application/x-pack"),
    (0, b"\x89LZO\0\r\n\x1a\n", "application/x-lzop"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0, b"ISc(", "application/x-installshield"),
    (0, b"SZDD\x88\xf0\x27\x33", "application/x-ms-compress"),
    (0, b"SZ \x88\xf0\x27\x33\xd1", "application/x-ms-compress"),
    (0, b"KWAJ\x88\xf0\x27\xd1", "application/x-ms-compress"),
    (0, b"\x60\xea", "application/x-arj"),
    (7, b"**ACE**", "application/x-ace"),
    (20, b"\xdc\xa7\xc4\xfd", "application/x-zoo"),
    (0, b"07070", "application/x-cpio"),
    (0, b"WARC/", "application/x-warc"),
    (0, b"\xc7\x71", "application/x-cpio"),
    (0, b"\x71\xc7", "application/x-cpio"),
    (0, b"!<arch>\n", "application/x-archive"),
    (0, b"\xed\xab\xee\xdb", "application/x-rpm"),
    (0, b"MSWIM\0\0\0", "application/x-ms-wim"),
    (0, b"xar!\0", "application/x-xar"),
    (0, b"AA01", "application/x-apple-archive"),
    (0, b"YAA1", "application/x-apple-archive"),
    (0, b"pbz", "application/x-apple-archive"),
    (0, b"ALZ\x01", "application/x-alz"),
    (0, b"EGGA", "application/x-egg"),
    (0, b"StuffIt", "application/x-stuffit"),
    (0, b"SIT!", "application/x-stuffit"),
    (257, b"ustar", "application/x-tar"),
    (0, b"hsqs", "application/x-squashfs"),
    (0, b"sqsh", "application/x-squashfs"),
    (0, b"shsq", "application/x-squashfs"),
    (0, b"qshs", "application/x-squashfs"),
    (0, b"7kSt\xa01\x83\xd3\x8c\xb2\x28\xb0\xd3", "application/x-zpaq"),
    (0, b"zPQ\1\1", "application/x-zpaq"),
    (0, b"zPQ\2\1", "application/x-zpaq"),
    (0, b"BZ3v1", "application/x-bzip3"),
    # disk images
    (32769, b"CD001", "application/x-iso9660-image"),
    (32769, b"BEA01", "application/x-iso9660-image"),
    (32769, b"NSR0", "application/x-iso9660-image"),
    (0, b"\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0", "application/x-raw-cd"),
    (16 * 2336 + 9, b"CD001", "application/x-raw-cd"),
    (0, b"conectix", "application/x-vhd"),
    (0, b"vhdxfile", "application/x-vhdx"),
    (512, b"EFI PART", "application/x-raw-disk-image"),
    (512, b"PM\0\0\0\0", "application/x-raw-disk-image"),
    (32, b"NXSB", "application/x-volume"),
    (3, b"ReFS\0\0\0\0", "application/x-volume"),
    (0, b"XFSB\0\0", "application/x-volume"),
    (0x10040, b"_BHRfS_M", "application/x-volume"),
    (0, b"-rom1fs-", "application/x-volume"),
    (16, b"Compressed ROMFS", "application/x-volume"),
    (1080, b"\x53\xef\0\0", "application/x-volume"),    # ext2, 3 and 4: magic and state of the superblock (mounted, clean, faults)
    (1080, b"\x53\xef\1\0", "application/x-volume"),
    (1080, b"\x53\xef\2\0", "application/x-volume"),
    (1024, b"H+\0\4", "application/x-hfs-plus"),
    (1024, b"HX\0\5", "application/x-hfs-plus"),
    (0, b"KDMV", "application/x-vmdk"),
    (0, b"COWD", "application/x-vmdk"),
    (0, b"WithoutFreeSpace", "application/x-parallels-disk"),
    (0, b"WithouFreSpacExt", "application/x-parallels-disk"),
    (0, b"QED\0", "application/x-qcow"),
    (0, b"# Disk DescriptorFile", "application/x-vmdk"),
    (0, b"QFI\xfb", "application/x-qcow"),
    (0, b"sprs\0\0\0\3", "application/x-sparse-image"),
    (64, b"\x7f\x10\xda\xbe", "application/x-vdi"),
    # files and volumes that other tools enciphered: AES Crypt, AxCrypt, OpenSSL (its base64, too), scrypt, mcrypt, age, LUKS,
    # macOS, KeePass; and mail under rights management ([MS-OXORMMS] 2.1.3: message.rpmsg)
    (0, b"AES\x02\0", "application/x-enciphered"),
    (0, b"AES\x03\0", "application/x-enciphered"),
    (0, b"\xc0\xb9\x07\x2e\x4f\x93\xf1\x46\xa0\x15\x79\x2c\xa1\xd9\xe8\x21", "application/x-enciphered"),
    (0, b"Salted__", "application/x-enciphered"),
    (0, b"U2FsdGVkX1", "application/x-enciphered"),
    (0, b"scrypt\0", "application/x-enciphered"),
    (0, b"\0m\3", "application/x-enciphered"),
    (0, b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", "application/x-enciphered"),
    (0, b"LUKS\xba\xbe\0", "application/x-enciphered"),
    (0, b"encrcdsa\0\0\0", "application/x-enciphered"),
    (0, b"\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5", "application/x-enciphered"),
    (0, b"\x03\xd9\xa2\x9a\x66\xfb\x4b\xb5", "application/x-enciphered"),
    (0, b"\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5", "application/x-enciphered"),
    (0, b"age-encryption.org/v1\n", "application/x-enciphered"),
    (0, b"-----BEGIN AGE ENCRYPTED FILE-----", "application/x-enciphered"),
    # documents
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x0e\x11\xfc\x0d\xd0\xcf\x11\x0e", "application/x-ole-storage"),
    (0, b"{\\rt", "application/rtf"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (0, b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c\x9e\xe2\x10\xea\x57\x22\x76\x5f", "application/onenote"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
    (0, b"ITSF", "application/vnd.ms-htmlhelp"),
    (0, b"\x3f\x5f\x03\x00", "application/winhlp"),
    (0, b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F", "application/x-ms-shortcut"),
    (0, b"%!PS", "application/postscript"),
    (0, b"\xc5\xd0\xd3\xc6", "application/postscript"),
    (0, b"ActiveMime", "application/x-mso"),
    (4, b"Standard Jet DB", "application/x-msaccess"),
    (4, b"Standard ACE DB", "application/x-msaccess"),
    (0, b"FWS", "application/x-shockwave-flash"),
    (0, b"CWS", "application/x-shockwave-flash"),
    (0, b"ZWS", "application/x-shockwave-flash"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", "application/x-outlook-express"),
    (0, b"regf", "application/x-registry-hive"),
    (0, b"(This file must be converted with BinHex", "application/mac-binhex40"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"AC10", "image/vnd.dwg"),
    (0, b"MATLAB 5.0 MAT-file", "application/x-matlab-data"),
    (0, b"MATLAB 7.3 MAT-file", "application/x-matlab-data"),
    # pictures, sound, video, fonts
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\xd7\xcd\xc6\x9a", "image/wmf"),
    (0, b"\1\0\x09\0\0\3", "image/wmf"),
    (0, b"\2\0\x09\0\0\3", "image/wmf"),
    (0, b"\1\0\x09\0\0\1", "image/wmf"),
    (0, b"\2\0\x09\0\0\1", "image/wmf"),
    (40, b" EMF", "image/emf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"MThd", "audio/midi"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"\0\x01\0\0\0", "font/ttf"),
    (0, b"OTTO", "font/otf"),
    (0, b"ttcf", "font/collection"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
    # two octets deep within: behind all that says at its beginning what it is
    (1024, b"BD", "application/x-hfs"),
)
"""Offset, octets, type. First hit wins."""

RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"ACON": "application/x-navi-animation"}
FTYP = {b"avif": "image/avif", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"M4A ": "audio/mp4"}


def _cpio(data: bytes) -> bool:
    """cpio(5): a header in digits; or of 13 numbers in 16 bits, the eleventh the length of the name, which a NUL ends."""
    if data.startswith(b"07070"):
        return True
    length = int.from_bytes(data[20:22], "little" if data[0] == 0xC7 else "big")
    return 1 < length <= 4096 and data[25 + length:26 + length] == b"\0"


def _compress(data: bytes) -> bool:
    """compress(1): two bits of the third octet are not used, and codes have 9 to 16 bits. In its other form (-H, as LZH) blocks
    begin with their size, 16 bits, and the number of lengths of codes, 5 bits and at most 19."""
    if len(data) < 5:
        return False
    if data[1] == 0xA0:
        return data[2:4] != b"\0\0" and data[4] >> 3 <= 19
    return not data[2] & 0x60 and 9 <= data[2] & 0x1F <= 16


def _pack(data: bytes) -> bool:
    """pack(1): the size that was, 32 bits, and the depth of the tree of codes."""
    return 0 < int.from_bytes(data[2:6], "big") < 1 << 31 and data[6:7] != b"" and 1 <= data[6] <= 24


def _arj(data: bytes) -> bool:
    """The size of the main header, and of its first part (technote of ARJ)."""
    size = int.from_bytes(data[2:4], "little")
    return len(data) > 4 and 30 <= size <= 2600 and 30 <= data[4] <= size


def _squashfs(data: bytes) -> bool:
    """The version of a superblock in either order of octets: 1 to 4."""
    return len(data) > 30 and sorted(data[28:30]) in ([0, 1], [0, 2], [0, 3], [0, 4])


NAME_SIZES = frozenset(bytes((size,)) for size in range(1, 28))


def hfs(data: bytes) -> bool:
    """The volume bitmap in sector 3, blocks of whole sectors, a name of up to 27 characters (Inside Macintosh: Files, 2-60)."""
    block = int.from_bytes(data[1044:1048], "big")
    return data[1038:1040] == b"\0\3" and block > 0 and block % 512 == 0 and data[1060:1061] in NAME_SIZES


def _warc(data: bytes) -> bool:
    """The version, and a field of the first record (ISO 28500, 4)."""
    line, _, fields = data[:4096].partition(b"\r\n")
    return line[5:].replace(b".", b"", 1).isdigit() and b"WARC-Type:" in fields


def _apple_archive(data: bytes) -> bool:
    """Apple Archive: the length of a header whose fields have three letters and a type; or the size of packed blocks, 64 bits."""
    if data.startswith(b"pbz"):
        return data[3:4] in b"4ebx-z" and 1 << 12 <= int.from_bytes(data[4:12], "big") <= 1 << 32
    return 6 < int.from_bytes(data[4:6], "little") <= 8192 and data[6:9].isalpha() and data[6:9].isupper()


PLAUSIBLE: Mapping[str, Callable[[bytes], bool]] = {
    "application/x-cpio": _cpio, "application/x-compress": _compress, "application/x-pack": _pack, "application/x-arj": _arj,
    "application/x-apple-archive": _apple_archive, "application/x-squashfs": _squashfs,
    "application/x-hfs": hfs, "application/x-warc": _warc,
}
"""What stands behind a magic of two octets, one in 65,536 digests or keys begins like one by chance; or of letters, as words do."""
