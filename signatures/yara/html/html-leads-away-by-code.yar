rule html_leads_away_by_code
{
    strings:
        $set = /location(\.href)?[ ]{0,4}=[ ]{0,4}(window\.|self\.)?(atob|unescape|String\.fromCharCode|decodeURIComponent[ ]{0,4}\([ ]{0,4}(window\.)?(atob|escape))[ ]{0,4}\(/ nocase
        $call = /(location\.(replace|assign)|window\.open)[ ]{0,4}\([ ]{0,4}(window\.|self\.)?(atob|unescape|String\.fromCharCode|decodeURIComponent[ ]{0,4}\([ ]{0,4}(window\.)?(atob|escape))[ ]{0,4}\(/ nocase
        $source = /\.src[ ]{0,4}=[ ]{0,4}(window\.|self\.)?(atob|unescape|String\.fromCharCode)[ ]{0,4}\(/ nocase
        $address = /["'`]aHR0c(DovL|HM6Ly)[A-Za-z0-9+\/=]{6,2000}["'`]/
        $decodes = /atob|fromBase64/ nocase
        $goes = /location|\.open[ ]{0,4}\(|\.src[ ]{0,4}=|fetch[ ]{0,4}\(|sendBeacon|\.action[ ]{0,4}=/
    condition:
        any of ($set, $call, $source) or all of ($address, $decodes, $goes)
}
