"""Which analyser an index was made with: words that were cut in another way would be looked up in vain."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from kb.identifiers import identifiers
from kb.text import STEMMERS, analyse, fourgrams

_RULES = 1  # raised with any change that the probe below doesn't show
_PROBE = """\
Réinitialisation des mots de passe; Passwörter zurücksetzen, Straße; wachtwoorden opnieuw instellen, gebruikers.
The users' mailboxes couldn't be opened: error 0x80072EE7, AADSTS50011, Get-MailboxStatistics, v2.1.3, ｆｕｌｌ width.
Configuración de contraseñas, usuários não conectados, Şifreler sıfırlandı, postafiókok megnyitása, salasanojen.
Пользователи не могут открыть почтовые ящики. Корисници не могу. المستخدمون لا يستطيعون فتح ١٢٣. משתמשים
パスワードをリセットします。ﾌﾟﾘﾝﾀｰ 重置密码并重新登录。รีเซ็ตรหัสผ่านของผู้ใช้ Ελληνικά λέξεις हिन्दी शब्दों தமிழ் சொற்கள் հայերեն
"""


@cache
def analyser_stamp() -> str:
    """Digest of what the analyser makes of a text in many languages: another one where the rules, the stemmers or
    Unicode's tables have changed what it does."""
    found = [
        _RULES,
        *(
            [(token.text, token.start, token.end) for token in analyse(_PROBE, language)]
            for language in sorted(STEMMERS)
        ),
        [token.text for token in fourgrams(_PROBE)],
        [token.text for token in identifiers(_PROBE)],
    ]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16]
