"""The forms of keys and tokens that their issuers gave them, and of the words that assign a secret.

Forms only; whether a value behind a word is a secret is decided elsewhere.
"""

import re

_START, _END = r"(?<![A-Za-z0-9_+/=-])", r"(?![A-Za-z0-9_+/=-])"
_ISSUED: tuple[tuple[str, str], ...] = (
    ("AWS key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    ("Google key", r"AIza[0-9A-Za-z_-]{35}"),
    ("Google token", r"ya29\.[0-9A-Za-z_-]{20,300}"),
    ("Google secret", r"GOCSPX-[0-9A-Za-z_-]{28}"),
    ("GitHub token", r"(?:gh[pousr]_[0-9A-Za-z]{36,255}|github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59})"),
    ("GitLab token", r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[0-9A-Za-z_-]{20,64}"),
    ("Slack token", r"xox[abeoprs]-(?:[0-9A-Za-z]+-){1,5}[0-9A-Za-z]{8,64}|xapp-\d-[A-Z0-9]+-\d+-[0-9a-f]{32,64}"),
    ("Slack webhook", r"https://hooks\.slack\.com/(?:services|workflows)/[A-Z0-9]{6,}/[A-Z0-9]{6,}/[0-9A-Za-z]{16,}"),
    ("Stripe key", r"[sr]k_(?:live|test)_[0-9A-Za-z]{16,200}|whsec_[0-9A-Za-z]{24,64}"),
    ("Anthropic key", r"sk-ant-(?:api|admin|oat)\d\d-[0-9A-Za-z_-]{32,200}"),
    (
        "OpenAI key",
        r"sk-(?:proj-|svcacct-|admin-|or-v1-)?(?=[A-Za-z_-]*\d)(?=[^A-Z\s]*[A-Z]|[0-9a-f]{32})[0-9A-Za-z_-]{32,220}",
    ),
    ("Hugging Face token", r"(?:hf|api_org)_[A-Za-z]{30,40}"),
    ("package index token", r"pypi-AgE[0-9A-Za-z_-]{50,600}|npm_[0-9A-Za-z]{36}"),
    ("SendGrid key", r"SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64}"),
    ("Twilio key", r"(?:SK|AC)[0-9a-f]{32}"),
    ("Mailgun key", r"key-[0-9a-f]{32}"),
    ("Shopify token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("DigitalOcean token", r"do[opr]_v1_[0-9a-f]{64}"),
    ("Telegram token", r"\d{8,10}:AA[0-9A-Za-z_-]{33}"),
    ("Discord token", r"[MNO][0-9A-Za-z_-]{23,27}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,38}"),
    ("Azure key", r"(?<=AccountKey=)[0-9A-Za-z+/]{86}==|(?<=SharedAccessKey=)[0-9A-Za-z+/]{43}="),
    ("Azure signature", r"(?<=[?&]sig=)[0-9A-Za-z%]{43,64}(?:%3D|=)"),
    ("Vault token", r"hv[sbr]\.[0-9A-Za-z_-]{24,200}"),
    ("age key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("JWT", r"eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{16,}"),
)
"""Forms that issuers made so that their keys can be told."""
FORMS = tuple(
    (kind, re.compile(f"(?:{form}){_END}" if "(?<=" in form or "https" in form else f"{_START}(?:{form}){_END}"))
    for kind, form in _ISSUED
)
"""Kind and form of what an issuer's own prefix tells."""
BLOCK = re.compile(
    r"-----BEGIN (?P<what>[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?)-----.{16,20000}?(?:-----END (?P=what)-----|\Z)",
    re.DOTALL,
)
LOGIN = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>]{0,64}:(?P<secret>[^\s@/\"'<>]{3,128})@[\w.\[-]", re.IGNORECASE
)
"""An address that carries a user and a password."""
HEADER = re.compile(
    r"\bauthorization[\"']?\s?[:=]\s?[\"']?(?:basic|bearer|token)\s(?P<secret>[0-9A-Za-z+/=._~-]{12,2000})",
    re.IGNORECASE,
)
_OWN = r"(?<![A-Za-z])(?:[A-Za-z0-9_.-]{0,40}[_.-])?"
_GIVES = r"[\"']?(?:\s?(?::=|=>|=|:)\s?|\s(?:is|ist|lautet)(?: now| jetzt)?:?\s)"
PASSWORD = re.compile(
    rf"{_OWN}(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|contraseña|mot de passe){_GIVES}"
    r"(?P<secret>\"[^\"\n]{4,128}\"|'[^'\n]{4,128}'|`[^`\n]{4,128}`|[^\s,;\"'`<>()\[\]|]{4,128})",
    re.IGNORECASE,
)
ASSIGNED = re.compile(
    rf"{_OWN}(?:(?:api|access|secret|private|auth|signing|encryption|client|account|master|session)[_ -]?"
    r"(?:key|token|secret)|secret|token|apikey|credentials?|bearer|zugangsschlüssel)(?:[_ -]?(?:id|value|key))?"
    rf"{_GIVES}[\"'`]?(?P<secret>[0-9A-Za-z+/=._~-]{{16,512}})(?![0-9A-Za-z+/=_~-])",
    re.IGNORECASE,
)
AWS_SECRET = re.compile(r"(?<![A-Za-z0-9+/._-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])")
"""The form of the secret half of an AWS key, which has no prefix of its own: 30 bytes in base 64."""
AWS_BESIDE = re.compile(
    r"(?P<id>(?:AKIA|ASIA)[A-Z2-7]{16}[^\nA-Za-z0-9][^\n]{0,99}\Z)"
    r"|(?i:secret|access[ _-]?key|credentials?)(?:[^\n]{1,70}|\W{0,3}\s{1,4})\Z"
)
"""What must stand before such a value on its line: the id of a key, or a word that gives a secret."""
HARMLESS = re.compile(
    r"(?i)^(?:[*x•.█-]+|null|none|true|false|nil|undefined|required|optional|string|str|text|changed?|password|passwort"
    r"|secret|token|(?:your|my|the|some|any|new|old)[_ -].*|.*(?:example|placeholder|changeme|redacted|dummy|sample).*"
    r"|<.*>|\$\{?.*|%.*%|\{\{?.*|os\.|env\b.*|process\.env.*|getenv.*|settings\..*|config\..*|self\..*|args\..*|input.*"
    r"|read.*|field.*|request\..*)$"
)
"""Values that stand for a secret: a placeholder, a variable, a mask."""
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
