rule html_window_in_window
{
    strings:
        $u = />[^<]{0,60}https?:\/\/((login|accounts|signin|auth|sso|idp|adfs|appleid|account|oauth)\.[a-z0-9.-]{3,60}|[a-z0-9-]{1,40}\.okta\.com|github\.com\/login|[a-z0-9.-]{1,60}\/(adfs|oauth2?|signin|saml2?)[\/?])[^<>"']{0,200}</ nocase
        $p = /position ?: ?(fixed|absolute)/ nocase
        $f = /(<iframe|<object|<embed|<form)[^>]{1,300}(src|data|action) ?= ?["']?https?:/ nocase
        $i = /type ?= ?["']?password/ nocase
        $b = "box-shadow" nocase
        $r = "border-radius" nocase
    condition:
        $u and ($f or $i) and (($p and ($b or $r)) or filesize < 2KB)
}
