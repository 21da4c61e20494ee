"""Words that tell nobody apart: legal forms in companies' names, mail services that anybody can use."""

_LEGAL_FORMS = """
gmbh ggmbh ag kg kgaa ohg gbr ug se ek ev mbh co inc incorporated llc llp lp ltd limited corp corporation
company plc sa sas sasu sarl srl sl spa snc bv nv vof oy oyj ab as asa aps kft zrt doo sro sp zoo pty
holding group the und and et y e
"""
_FREE_MAIL = """
gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.de live.com live.de msn.com yahoo.com
yahoo.de ymail.com icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de
freenet.de arcor.de aol.com proton.me protonmail.com pm.me posteo.de mailbox.org fastmail.com zoho.com
mail.com mail.ru yandex.ru orange.fr free.fr wanadoo.fr laposte.net libero.it bluewin.ch qq.com 163.com
"""
# Of these, the ones where what follows a plus in the mailbox is only a tag.
_PLUS_MAIL = """
gmail.com outlook.com outlook.de hotmail.com hotmail.de live.com icloud.com me.com mac.com proton.me
protonmail.com pm.me fastmail.com posteo.de mailbox.org
"""

LEGAL_FORMS = frozenset(_LEGAL_FORMS.split())
FREE_MAIL = frozenset(_FREE_MAIL.split())
PLUS_MAIL = frozenset(_PLUS_MAIL.split())
