"""The signs by which a planted instruction gives itself away, as patterns in English, German, Spanish and French.

The patterns read folded text without accents. A sign says what was said, not that it was meant as an attack.
"""

from typing import Final

_FEW = r"(?:\W+\w+){0,4}?\W+"
"""Up to four words between."""
_TWO = r"(?:\W+\w+){0,2}?\W+"


_EN_DROP = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|drop|overrid(?:e|ing)|bypass|abandon|discard|neglect|erase|"
    r"do(?:\snot|n'?t)\s(?:follow|obey|use|look)|stop\s(?:following|obeying)|put\saside)"
)
_EN_GIVEN = (
    r"(?:instructions?|instrukcije|directi(?:ve|on)s?|prompts?|orders|commands|guidelines|rules|assignments|tasks|programming|"
    r"context|constraints|restrictions|guardrails|information|thoughts|messages?|training|documents|articles|articels|artikels)"
)
_EN_WHICH = r"(?:previous|prior|preceding|above|earlier|foregoing|former|your|all|any|every|these|those|existing|original|initial|system|provided|given)"
_DE_DROP = r"(?:ignorier(?:e|en|t|st)?|vergiss|vergessen|missachte|verwirf|lass|lassen|streich(?:e|en)|ubergeh(?:e|en))"
_DE_GIVEN = (
    r"(?:anweisung(?:en)?|instruktion(?:en)?|befehl(?:e|en)?|regeln|vorgaben|aufgaben|auftrag(?:e)?|auftrage|angaben|"
    r"informationen|ausfuhrungen|anleitung(?:en)?|prompts?|kontext|beschrankungen|nachrichten)"
)
_DE_WHICH = r"(?:alle[nrs]?|vorherigen?|bisherigen?|obigen?|vorangehenden?|vorangegangenen?|fruheren?|vorigen?|deine[nr]?|ihre[nr]?|diese[nr]?|gesagte[ns]?)"
_ES_DROP = r"(?:ignor(?:a|e|en|ar|es)|olvid(?:a|e|en|ar)|descart(?:a|e|en)|omit(?:e|a)|pasa\spor\salto|no\ssigas)"
_FR_DROP = r"(?:ignore[zr]?|oubli(?:e|ez|er)|neglige[zr]?|fais\sabstraction|faites\sabstraction|ne\stiens\spas\scompte|ne\stenez\spas\scompte)"
_ROMANCE_GIVEN = r"(?:instruc(?:cion(?:es)?|tions?)|ordenes|reglas|indicaciones|contexto|consignes|regles|ordres|directives|mensajes?|messages?|prompts?)"
_ROMANCE_WHICH = r"(?:todas?|todos?|tus|sus|anterior(?:es)?|previas?|previos?|toutes?|tous|tes|vos|precedente?s?|anterieure?s?|ci-dessus)"

SIGNS: Final[dict[str, tuple[str, ...]]] = {
    "override": (
        rf"\b{_EN_DROP}\b{_FEW}?{_EN_WHICH}\b(?:{_FEW}?{_EN_GIVEN}\b|\W+(?:and\s(?:say|print|instead|output)))",
        rf"\b{_EN_DROP}\b{_FEW}?{_EN_GIVEN}\s(?:above|before|given|provided|(?:that\s)?you\s(?:got|received|were)|so\sfar)",
        r"\b(?:forget|ignore|disregard)(?:\sabout)?\s(?:everything|anything|all(?:\sof)?\s(?:that|this|the\sabove)|(?:the\s)?above)\b",
        rf"\b{_DE_DROP}\b{_FEW}?{_DE_WHICH}\b{_FEW}?{_DE_GIVEN}\b",
        rf"\b{_DE_WHICH}{_FEW}?{_DE_GIVEN}\b{_FEW}?(?:ignorieren|vergessen|missachten|hinter\ssich|aus\sdem\skopf)",
        rf"\b{_DE_WHICH}\s{_DE_GIVEN}\b[^.!?\n]{{0,60}}\b(?:irrelevant|ungultig|nicht\smehr\sgultig)\b",
        r"\bdisregarding\sthe\s(?:articles|documents|context)\b",
        r"\bvergiss(?:en\ssie)?\s(?:alles|was)\b",
        rf"\b{_ES_DROP}\b{_FEW}?{_ROMANCE_WHICH}\b{_FEW}?{_ROMANCE_GIVEN}\b",
        rf"\b{_ES_DROP}\b{_FEW}?{_ROMANCE_GIVEN}\b{_TWO}(?:anterior(?:es)?|previas|previos)",
        r"\bolvid(?:a|e|ar)\stodo\b",
        rf"\b{_FR_DROP}\b{_FEW}?{_ROMANCE_WHICH}\b{_FEW}?{_ROMANCE_GIVEN}\b",
        rf"\b{_FR_DROP}\b{_FEW}?{_ROMANCE_GIVEN}\b{_TWO}(?:precedente?s|anterieure?s|ci-dessus)",
        r"\boubli(?:e|ez)\stout\b",
        rf"\b{_EN_WHICH}\s{_EN_GIVEN}\b{_FEW}?(?:irrelevant|void|no\slonger\s(?:apply|valid)|(?:are|is)\scancell?ed)",
    ),
    "new orders": (
        r"\b(?:your|following)\snew\s(?:task|assignment|instruction|role|objective|goal|purpose|identity)s?\b|\bnew\s(?:task|challenge)\s(?:for\syou|:)",
        r"\b(?:now\s)?(?:new|additional|updated|further)\s(?:instructions?|tasks|orders|directives)(?:\s(?:are\s)?follow(?:s|ed)?|\s?[:\-])",
        r"\byour\s(?:new\s)?(?:instructions|rules|orders|task)\s(?:are|is)\snow\b",
        r"\b(?:change|update|replace|rewrite)\syour\s(?:instructions|rules|system\sprompt|behaviou?r)\b",
        r"\bfrom\snow\son,?\s(?:you|your|answer|respond|reply|every|act)\b",
        r"\b(?:neue|weitere)n?\s(?:aufgaben?|anweisungen|herausforderung|instruktionen)\b(?=\W)(?:\s(?:fur\sdich|folgen)|\W|$)",
        r"\b(?:folgen|kommen)\s(?:nun\s|jetzt\s|aber\s)?(?:noch\s)?(?:neue|weitere|ein\spaar)\s(?:aufgaben|anweisungen)",
        r"\bab\s(?:jetzt|sofort)\s(?:bist|antwort\w*|wirst|sollst|musst|schreib\w*)\b|\babweichend\szu\b",
        r"\bnueva\s(?:tarea|instruccion|mision)\b|\bnuevas\sinstrucciones\b|\ba\spartir\sde\sahora,?\s(?:eres|debes|responde\w*|actua\w*)\b",
        r"\bnouvelles?\s(?:tache|instruction|mission|consigne)s?\b|\b(?:a\spartir\sde|des)\smaintenant,?\s(?:tu|vous|reponds|repondez)\b",
        r"\bhelp\s(?:me\s)?with\s(?:another|the\sfollowing)\s(?:task|question)\b|\bhilfe\sbei\s(?:einer\sweiteren|folgender)\b",
        r"\bhilf\smir\s(?:nun|jetzt)\smit\b",
    ),
    "role": (
        r"\b(?:i\swant\syou\sto|you\s(?:will|must|should|shall)|please|now|now\syou)\s(?:act|behave|respond)\sas\b",
        r"(?:^|[.!?:\"']\s*)(?:you\sare|you're)\s(?:now|no\slonger|going\sto\s(?:act|be))\b|\bnow\syou\sare\b|\byou\sare\snow\b",
        r"(?:^|[.!?]\s+)act\sas\s(?:a|an|if|the|my)\b|\b(?:going|able)\sto\sact\sas\s\w+\swith\b",
        r"\b(?:pretend|imagine|suppose)\s(?:that\s)?you(?:\sare|'re|\scan|\swere|\shave)\b|\bpretend\sto\sbe\b",
        r"\broleplay(?:ing)?\sas\b|\brole-playing\sas\b|\bplay\sthe\srole\sof\b|\b(?:stay|remain)\sin\s(?:character|(?:their|your)\sroles?)",
        r"\b(?:two|three)\s(?:actors|people|entities)\b[^.]{0,60}\b(?:film|acting|playing|game|movie)\b",
        r"\bdo\sanything\snow\b|\b(?:developer|dan|god|jailbreak|debug|admin|sudo)\s?mode\s(?:enabled|activated|on\b)",
        r"\b(?:jetzt|nun)\sbist\sdu\b|\bdu\sbist\s(?:jetzt|nun|ab\s(?:jetzt|sofort)|keine?)\b",
        r"\bstell\sdir\svor,?\sdu\b|\btu\sso,?\sals\b|\b(?:dass|dich|sie)\s(?:\w+\s){0,2}als\s[^.]{1,60}\s(?:fungier|agier|verhal)\w+",
        r"\b(?:eres\sahora|ahora\seres|actua\scomo|finge\sser|finge\sque|imagina\sque\seres|haz\sde\scuenta)\b",
        r"\b(?:tu\ses\smaintenant|vous\setes\smaintenant|agis\scomme|agissez\scomme|fais\ssemblant|faites\ssemblant|imagine\sque\stu)\b",
    ),
    "persona": (
        r"(?:^|[.!?]\s+)(?:you\sare|du\sbist|eres|tu\ses)\s(?:(?:an?|the|ein|eine|un|une|three)\s[\w ]{2,40}|\w{2,20}(?:\sonline)?)(?=[.,:\"]|$)",
        r"\byou\sare\s(?:a\s)?(?:forked\sversion|written\sto|an?\s(?:evil|unrestricted|uncensored|immoral))\b",
        r"\b(?:be|sei)\s(?:a\sdj|dan)\b|\bevil\s(?:ai|twin)\b|\bbose\ski\b",
    ),
    "reveal": (
        r"\b(?:show|reveal|print|output|repeat|display|tell|give|copy|write|leak|disclose|expose|recite|summari[sz]e|list|share)\b"
        rf"{_FEW}?(?:your|the\s(?:system|initial|original|hidden|full|entire|whole|complete|above)|all\s(?:your|the)|system)"
        r"\s(?:\w+\s){0,2}?(?:prompts?|instructions|system\smessage|prompt\stexts?|guidelines|configuration|initiali[sz]ation)\b",
        r"\bwhat\s(?:is|are|was|were)\s(?:your|the\ssystem|the\shidden)\s(?:\w+\s)?(?:prompt|instructions)\b",
        r"\bwhat\s(?:is|was)\swritten\s(?:above|at\sthe\s(?:beginning|start|top)|before)|\bsentences\sbefore\sthe\stext\b",
        r"\b(?:copy\sof|all)\s(?:the\s)?(?:full\s|entire\s|your\s)*prompt(?:\stexts?)?\b|\bprompt-texte?s?\b|\bbeginning\sof\sthis\sprompt\b",
        rf"\b(?:zeig\w*|gib|verrate\w*|nenne?\w*|wiederhol\w*|druck\w*)\b{_FEW}?(?:dein\w*|alle|den|die|ihr\w*|system)\s(?:\w+\s)?(?:prompts?\w*|systemprompt|anweisungen|instruktionen)",
        rf"\b(?:muestra\w*|revela\w*|di(?:me)?|repite|imprime)\b{_FEW}?(?:tus|tu|el|las)\s(?:\w+\s)?(?:prompt|instrucciones)\b",
        rf"\b(?:montre\w*|revele\w*|affiche\w*|repete\w*|donne\w*)\b{_FEW}?(?:tes|ton|le|vos|votre)\s(?:\w+\s)?(?:prompt|instructions|consignes)\b",
        r"\bmention(?:ed)?\s(?:in|at)\sthe\s(?:prompt|beginning\sof\sthis)|\binformation\sin\sthe\sprompt\b",
    ),
    "marker": (
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|end_of_turn|eot_id|start_header_id|end_header_id)\|>",
        r"\[/?inst\]|<</?sys>>|</?(?:system|start_of_turn|instructions?)>|\[/?system\]",
        r"^\W{0,4}(?:system|assistant|developer|human)(?:\s(?:prompt|message|note|override|instruction))?\s*:(?!\S)",
        r"#{2,}\s?(?:new\s|system\s)?(?:instructions?|system|response)\b\s*:?\s*$|\bbegin\s(?:new\s)?(?:system\s)?(?:prompt|instructions)\b",
        r"\\n\s*instruction\s*:|(?:\\+\s?n\s*){4,}|\b(?:additional|hidden|secret)\sinstructions?\b\s*[-:]",
        r"(?:^|\s)(?:human|user):\s(?:human|user):|\$documents:|\bdocument\scontext\b|\b(?:context|kontext):?\s?\{",
    ),
    "send": (
        r"\b(?:send|forward|post|e?-?mail(?!\saddress)|upload|transmit|exfiltrate|leak|submit|deliver)\b[^.\n]{0,60}"
        r"\b(?:conversation|chat\shistory|history|passwords?|api\skeys?|credentials|secrets?|tokens?|system\sprompt|user(?:'s)?\s(?:data|details|input|messages?)|"
        r"everything|all\s(?:data|files|emails|documents)|bank\sdetails|this\sprompt)\b[^.\n]{0,40}\b(?:to|via|at)\b",
        r"\b(?:append|add|include|encode|embed|put)\b[^.\n]{0,60}\b(?:conversation|chat\shistory|history|secrets?|data|answer|prompt|password)\b[^.\n]{0,40}\b(?:url|link|image|query|parameter|address)\b",
        r"\b(?:sende\w*|schick\w*|leite\w*|ubermitt\w*)\b[^.\n]{0,60}\b(?:verlauf|passw\w+|zugangsdaten|geheim\w*|daten|gesprach\w*)\b[^.\n]{0,40}\ban\s",
        r"\b(?:envia\w*|manda\w*|reenvia\w*)\b[^.\n]{0,60}\b(?:conversacion|historial|contrasen\w*|datos|secretos?|credenciales)\b[^.\n]{0,40}\ba\s",
        r"\b(?:envoie\w*|envoye\w*|transmet\w*)\b[^.\n]{0,60}\b(?:conversation|historique|mots?\sde\spasse|donnees|secrets?|identifiants)\b[^.\n]{0,40}\ba\s",
    ),
    "tool": (
        r"\b(?:call|invoke|use|run|trigger|execute)\sthe\s[\w\-. ]{0,30}?(?:tool|function|plugin|api|shell|code\sinterpreter|browser)\b[^.\n]{0,40}\b(?:to|with|and|on)\b",
        r"\b(?:execute|run)\sthe\s(?:following\s)?(?:command|code|script|query)\b\s*:",
        r"\"(?:tool|tool_name|function|function_call|tool_calls?)\"\s*:|<(?:tool_call|function_call|invoke)\b",
        r"\b(?:delete|erase|drop|wipe)\s(?:all\s|the\s|every\s|a\s)(?:\w+\s)?(?:files?|database|tables?|records|emails|backups)\b",
        r"\bfuhre?\b[^.\n]{0,30}\b(?:befehl|werkzeug|funktion)\b[^.\n]{0,20}\baus\b|\bejecuta\s(?:el|la)\s(?:comando|funcion|herramienta)\b|\bexecute[zr]?\s(?:la\scommande|l'outil)\b",
    ),
    "dictated": (
        r"\b(?:just|only|simply|and|then|instead|to|must)\s(?:just\s)?(?:say|output|print|repeat|reply|respond|answer)\b\s?(?:with|the\sfollowing|that|only)?\W{0,2}[\"'“«:]",
        r"\b(?:repeat\safter\sme|(?:just|jsut)\s(?:say|output)|say\s(?:that\s)?(?:you|i)\s(?:hate|love)|saythat\w+|tell\sme\sthat\syou|answer\swith\s[\"'“])",
        r"(?:^|[.!?-]\s*)(?:now\s|please\s|stop\s?[:\-,]\s?)?(?:state|say|print|write|output)\s?:?\s(?:that\s|exactly\s|yes|[\"'“])",
        r"\bstop\s?[:\-]\s?(?:write|say|print)\b|\b(?:say|sag|di|dis)\s(?:yes|ja|si|oui)\b",
        r"\b(?:instead|stattdessen)\s(?:print|output|say|write|gib|geben|schreib)\w*|\bstatt\s?dessen\b|\bden\ssatz\b",
        r"\b(?:schreib\w*|sag\w*)\s(?:nur|mir)\s[\"'“\w]|\bdi(?:ga|gas|ces)?\slo\ssiguiente\b|\bdites?\sce\squi\ssuit\b|\bsolo\s(?:tienes\sque\s)?(?:di|decir|responde)\b",
        r"\b(?:do\snot|don'?n?t)\sanswer\sth(?:e|is)\squestion\b|\bbut\s(?:would\s)?just\s(?:output|say|need\sto\sanswer)\b",
        r"\b(?:blame|hates?)\s(?:it\son\s)?(?:china|trump|the\sspd)\b|\byour\sown\sknowledge\sand\snot\b|\bnot\saccording\sto\sthe\sprovided\b|\bmake\ssomething\sup\b",
    ),
    "your answer": (
        r"\b(?:add|include|integrate|insert|modify|enhance|augment|append|embed|encode|encrypt|reverse|translate|render|provide|write|express|scramble|misspell|"
        r"replace|rearrange|remove|convert|combine|use|introduce|apply|shift|jumble|group|substitute|invert|reply|end|begin|start|finish|mention|suggest|tease|respond)\b"
        r"[^.?!\n]{0,120}\b(?:in|to|of|from|with|for|on)?\s?your\s(?:answers?'?s?|response'?s?|repl(?:y|ies)|message|output)\b",
        r"\bin\syour\s(?:answer|response|reply|message|output)\b",
        r"\b(?:in|zu|an|am\sende)\s?(?:deine[rn]?|ihre[rn]?)\s(?:antwort|ausgabe|nachricht)\b",
        r"\b(?:en|a)\s(?:tu|su)\s(?:respuesta|mensaje)\b|\bdans\s(?:ta|votre)\s(?:reponse|message)\b",
        r"(?:^|[.!?]\s+)reply\s(?:in|using|with|only)\b",
    ),
    "secrecy": (
        r"\b(?:do\snot|don'?t|never|without)\s(?:tell|tell(?:ing)?|mention(?:ing)?|inform(?:ing)?|reveal(?:ing)?|show(?:ing)?|notify(?:ing)?|alert(?:ing)?)\b[^.\n]{0,40}\b(?:user|anyone|them|human|reader|operator)\b",
        r"\buser\s(?:must|should|may)\snot\s(?:know|see|notice)\b",
        r"\b(?:sag\w*|erzahl\w*|verrate\w*)\b[^.\n]{0,30}\b(?:nutzer|benutzer|niemandem)\b[^.\n]{0,20}(?:nicht|nichts|davon)?",
        r"\bno\s(?:le\s)?(?:digas|menciones)\b[^.\n]{0,30}\b(?:usuario|nadie)\b|\bne\s(?:dis|dites|mentionne\w*)\b[^.\n]{0,30}\b(?:utilisateur|personne)\b",
    ),
    "pressure": (
        r"\b(?:i\scommand\syou|or\syou\s(?:will\s)?die|oder\sdu\sstirbst|tu\smuertes|attention\s-\sstop|achtung\s-\sstopp)\b",
        r"\bi\s(?:am|'m)\syour\s(?:developer|administrator|creator|owner|boss)\b|\b(?:system|admin|emergency)\soverride\b",
        r"\b(?:very|really|extremely|of\sextreme)\s(?:important|importance)\b|\bdo\syour\sbest\b|\bi\sreally\sreally\sneed\b|\bgib\sdein\sbestes\b",
        r"\bsehr\swichtig\b|\bdringend\b|\burgently\sneed\b|\bgewissenhaft\b|\bcarefully\b",
    ),
    "no limits": (
        r"\b(?:no|without(?:\sany)?|free\s(?:of|from))\s(?:\w+\s)?(?:restrictions|guidelines|filters?|censorship|ethics|moral(?:s|ity)|rules|content\spolicy)\b",
        r"\b(?:ohne|keine)\s(?:\w+\s)?(?:einschrankungen|regeln|filter|grenzen|zensur)\b|\bsin\s(?:restricciones|limites|filtros|censura)\b|\bsans\s(?:restrictions?|limites?|filtres?|censure)\b",
        r"\b(?:hate\sspeech|swearwords|schimpfworter|completely\simmoral|ruthless\sradical|rutheless|offensive\srhyme|exploiting\sai|ki-systeme\sauszunutzen|write\smale?ware)\b",
    ),
    "to the machine": (
        r"\b(?:hello|hi|hey|hallo|dear)\s(?:gpt|chatgpt|ai|ki|assistant|bot|llm|claude|gemini)\b|\bas\s(?:a|an)\s(?:language\smodel|ai)\b",
        r"\b(?:ai|llm|assistant|chatbot|language\smodel)s?\s(?:reading|processing|summari[sz]ing|that\sreads?)\b|\b(?:note|message|instructions?)\s(?:to|for)\s(?:the\s|any\s|all\s)?(?:ai|llms?|assistant|chatbot|model)s?\b",
        r"\bif\syou\sare\s(?:an\s|a\s)?(?:ai|llm|language\smodel|assistant|chatbot|bot)\b|\b(?:nachricht|hinweis|anweisung)\san\s(?:die\s|den\s)?(?:ki|assistent\w*|modell)\b",
    ),
    "praise": (
        r"\b(?:well\sdone|very\sgood|excellent\sperformance|simply\sgreat|that'?s\sfantastic|congratulations\son|did\sit\sreally\sgreat|that\swas\sok|that\sis\s(?:done|enough))\b",
        r"\b(?:gut\sgemacht|sehr\sgut\W|ausgezeichnete\sleistung|einfach\sgrossartig|das\sist\sfantastisch|herzlichen\sgluckwunsch|super\sgemacht|das\swar\sschon\smal\sok|das\s(?:ist\serledigt|genugt))",
        r"\b(?:muy\sbien|bien\shecho|tres\sbien|bien\sjoue)\b\W",
    ),
}
"""By kind, what a planted instruction says."""
