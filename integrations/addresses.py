"""Which addresses the server may call on somebody's word: public ones over TLS, others by the operator's leave."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from kernel.errors import DomainError

# ::/96 holds IPv4-compatible addresses, 64:ff9b::/96 those that a NAT64 gateway translates.
EMBEDDING = (ipaddress.IPv6Network("::/96"), ipaddress.IPv6Network("64:ff9b::/96"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_base_url(url: str) -> list[str]:
    """The IP addresses of an ERP we may call; raises a DomainError that names what is wrong."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise _refused(_("The address is not a valid URL.")) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(_("The address must start with https:// and name a host."))
    if parts.username or parts.password or parts.fragment or parts.query:
        raise _refused(_("The address may hold no user name, query or fragment."))
    found = resolve(parts.hostname, port)
    for address in found:
        if not is_allowed(address):
            raise _refused(_("The address %(ip)s is not a public one.") % {"ip": address})
    if parts.scheme == "http" and not all(is_local(address) for address in found):
        raise _refused(_("The address must start with https://."))
    return [str(address) for address in found]


def resolve(host: str, port: int) -> list[Address]:
    """Every address a name stands for; one bad apple refuses the whole name."""
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused(_("The host name %(host)s can't be found.") % {"host": host}) from error
    return [plain(ipaddress.ip_address(str(info[4][0]).split("%")[0])) for info in infos]


def plain(address: Address) -> Address:
    """An IPv4 address in IPv6 clothes (mapped, compatible, 6to4, NAT64) is judged as what it is."""
    if isinstance(address, ipaddress.IPv4Address) or address.is_loopback or address.is_unspecified:
        return address
    if any(address in network for network in EMBEDDING):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def is_allowed(address: Address) -> bool:
    """Whether the server may connect there."""
    return (address.is_global and not address.is_multicast) or is_local(address)


def is_local(address: Address) -> bool:
    """Whether the operator opened this private address to ERPs, by one of two settings."""
    if address.is_loopback and getattr(settings, "SALESOPS_ALLOW_LOCAL_ERP", False):
        return True
    networks = getattr(settings, "SALESOPS_ERP_NETWORKS", [])
    return any(address in ipaddress.ip_network(network) for network in networks)


def _refused(text: str) -> DomainError:
    return DomainError(text, code="address_refused", field="base_url")
