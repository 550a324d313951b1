rule html_leads_away_by_code
{
    strings:
        $set = /location(\.href)?[ ]{0,4}=[ ]{0,4}(window\.|self\.)?(atob|unescape|String\.fromCharCode|decodeURIComponent[ ]{0,4}\([ ]{0,4}(window\.)?(atob|escape))[ ]{0,4}\(/ nocase
        $call = /(location\.(replace|assign)|window\.open)[ ]{0,4}\([ ]{0,4}(window\.|self\.)?(atob|unescape|String\.fromCharCode|decodeURIComponent[ ]{0,4}\([ ]{0,4}(window\.)?(atob|escape))[ ]{0,4}\(/ nocase
    condition:
        any of them
}
