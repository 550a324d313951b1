rule run_dialog_command
{
    strings:
        /* the keys that open the Run dialog or its menu, whatever the language says between them */
        $keys1 = /(win(dows)?|\xEC\x9C\x88\xEB\x8F\x84\xEC\x9A\xB0)(<[^>]{1,80}>|&nbsp;|[ -]){0,6}((logo )?(key|button|taste)|\xE9\x8D\xB5|\xE9\x94\xAE|\xE3\x82\xAD\xE3\x83\xBC|\xED\x82\xA4|\xEF\xBC\x8B)?(<[^>]{1,80}>|&nbsp;|[ ]){0,6}(\+|\xEF\xBC\x8B|and|then|-)(<[^>]{1,80}>|&nbsp;|[ ]){0,6}[RX][^a-z]/ nocase
        $keys2 = /(win|windows|\xEF\xBC\xB7\xEF\xBD\x89\xEF\xBD\x8E(\xEF\xBD[\x80-\xBF]){0,4}|\xEC\x9C\x88\xEB\x8F\x84\xEC\x9A\xB0|\xE2\x8A\x9E|(\xE8\xA6\x96|\xE8\xA7\x86)(\xE7\xAA\x97)[^\n]{0,3}(\xE9\x8D\xB5|\xE9\x94\xAE))[^a-z0-9.:,;_(=\n\r\/\\][^\n\r]{0,48}[^a-z0-9\n\r](R|X|\xEF\xBC\xB2|\xEF\xBC\xB8)[^a-z0-9]/ nocase
        /* where else a command is run: dialog, address bar, prompt, menus; the name of a shell amid prose */
        $at1 = "run dialog" nocase
        $at2 = "run window" nocase
        $at3 = "run box" nocase
        $at4 = "file explorer" nocase
        $at5 = "address bar" nocase
        $at6 = "command prompt" nocase
        $at7 = "right-click" nocase
        $at8 = "right click" nocase
        $at9 = "type in the search" nocase
        $at10 = "「執行」"
        $at11 = "執行視窗"
        $at12 = "執行對話"
        $at13 = "「运行」"
        $at14 = "“运行”"
        $at15 = "打开运行"
        $at16 = "运行窗口"
        $at17 = "运行对话"
        $at18 = "網址列"
        $at19 = "位址列"
        $at20 = "地址栏"
        $at21 = "命令提示"
        $at22 = "右鍵"
        $at23 = "右键"
        $at24 = "終端機（"
        $at25 = "终端（"
        $at26 = "終端機 ("
        $at27 = "终端 ("
        $at28 = "ファイル名を指定して実行"
        $at29 = "アドレスバー"
        $at30 = "アドレス バー"
        $at31 = "コマンドプロンプト"
        $at32 = "コマンド プロンプト"
        $at33 = "右クリック"
        $at34 = "ターミナル（"
        $at35 = "ターミナル ("
        $at36 = "실행 창"
        $at37 = "실행 대화"
        $at38 = "주소 표시줄"
        $at39 = "명령 프롬프트"
        $at40 = "마우스 오른쪽"
        $at41 = "터미널("
        $at42 = "터미널 ("
        $at43 = "ausführen" nocase
        $at44 = "adressleiste" nocase
        $at45 = "eingabeaufforderung" nocase
        $at46 = "rechten maustaste" nocase
        $at47 = "exécuter" nocase
        $at48 = "invite de commandes" nocase
        $at49 = "barre d’adresse" nocase
        $at50 = "barre d'adresse" nocase
        $at51 = "clic droit" nocase
        $at52 = "ejecutar" nocase
        $at53 = "mbolo del sistema" nocase
        $at54 = "barra de direcciones" nocase
        $at55 = "clic derecho" nocase
        $at56 = "executar" nocase
        $at57 = "prompt de comando" nocase
        $at58 = "barra de endere" nocase
        $at59 = "o direito" nocase
        $at60 = "esegui" nocase
        $at61 = "prompt dei comandi" nocase
        $at62 = "barra degli indirizzi" nocase
        $at63 = "tasto destro" nocase
        $at64 = "uitvoeren" nocase
        $at65 = "opdrachtprompt" nocase
        $at66 = "adresbalk" nocase
        $at67 = "uruchom" nocase
        $at68 = "wiersz polece" nocase
        $at69 = "pasek adresu" nocase
        $at70 = "alıştır" nocase
        $at71 = "komut istemi" nocase
        $at72 = "adres çubu" nocase
        $at73 = "hộp thoại Run" nocase
        $at74 = "thanh địa chỉ" nocase
        $at75 = "แถบที่อยู่"
        $at76 = "ыполнить"
        $at77 = "командн"
        $at78 = "адресн"
        $at79 = "jalankan" nocase
        $at80 = "bilah alamat" nocase
        $shell1 = /(type|enter|open|launch|tape[zr]|ouvrez|tipp[a-z]{1,3}|escrib[ae]|teclee|digit[a-z]{1,3}|abr[ae]|apri|wpisz|ketik|buka)[^\na-z]{1,4}([a-z]{1,8}[ ]){0,2}(cmd|powershell|terminal)[^a-z]/ nocase
        $shell2 = /[\x80-\xff][ "]{0,2}(windows )?(cmd|powershell|terminal)[ "]{0,2}[,(\x80-\xff]/ nocase
        $shell3 = /(terminal|powershell|cmd|prompt)[ ]?\((run as )?admin/ nocase
        /* putting it there */
        $do0 = /(ctrl|strg)(<[^>]{1,80}>|[ ]){0,4}(\+|-|\xEF\xBC\x8B|\xE5\x8A\xA0|\xE8\x88\x87|and)?(<[^>]{1,80}>|[ ]){0,4}V[^a-z]/ nocase
        $do1 = "paste" nocase
        $do2 = "insert the line" nocase
        $do3 = "insert this line" nocase
        $do4 = "insert the command" nocase
        $do5 = "insert the code" nocase
        $do6 = "貼上"
        $do7 = "貼到"
        $do8 = "貼入"
        $do9 = "粘贴"
        $do10 = "粘貼"
        $do11 = "貼り付け"
        $do12 = "貼付け"
        $do13 = "コピペ"
        $do14 = "붙여넣"
        $do15 = "붙여 넣"
        $do16 = "複製下列"
        $do17 = "複製以下"
        $do18 = "複製此"
        $do19 = "복사하여"
        $do20 = "복사해"
        $do21 = "명령을 복사"
        $do22 = "复制下面"
        $do23 = "复制以下"
        $do24 = "复制此"
        $do25 = "einfügen" nocase
        $do26 = "fügen sie" nocase
        $do27 = "colle" nocase
        $do28 = "pegar" nocase
        $do29 = "pegue" nocase
        $do30 = "pega el" nocase
        $do31 = " cole " nocase
        $do32 = " colar " nocase
        $do33 = "incolla" nocase
        $do34 = "plak" nocase
        $do35 = "wklej" nocase
        $do36 = "yapıştır" nocase
        $do37 = "tempel" nocase
        $do38 = "dán " nocase
        $do39 = "วาง"
        $do40 = "ставь"
        $do41 = "ставит"
        /* commands that fetch and run what somebody else keeps */
        $get = /(iwr|irm|iex|wget|curl|Invoke-(WebRequest|RestMethod|Expression)|DownloadString|DownloadFile|Start-BitsTransfer)[^<]{0,40}[ \n('";](https?:\/\/[a-z0-9]|([a-z0-9-]{1,60}\.){1,4}[a-z]{2,12}[\/|'" )&]|([0-9]{1,3}\.){3}[0-9]{1,3}[\/:|'" )&])/ nocase
        $piped = /[;&|(){"'][ \r\n]{0,3}(iwr|irm|iex|Invoke-(WebRequest|RestMethod|Expression))[ (]/ nocase
        $address = "://"
        $shell = /((powershell|pwsh|cmd|wt)(\.exe)?[ \t\r\n]{1,8}(["'&{$\[]|[\/-][a-z]|\(?(iwr|irm|iex|curl|wget|start|invoke|mshta|new)[- (])|for[ ]{1,3}\/f[ ])/ nocase
        $chained = /[&;|][ \r\n]{0,3}["']?(%te?mp%|%appdata%|%userprofile%|%public%|\$env:|start[ ]|call[ ]|mshta|rundll32|iex)/ nocase
        $encoded = /(powershell|pwsh)(\.exe)?[ \t\r\n]{1,8}[^\n<]{0,60}-e(nc|c|ncodedcommand)?[ \t\r\n]{1,8}[A-Za-z0-9+\/]{16}/ nocase
        $remote = /(mshta|msiexec|wscript|cscript|finger|ssh)(\.exe)?([ \t\r\n]{1,4}[\/-]{1,2}[a-z:]{1,16}){0,5}[ \t\r\n]{0,8}["']?(https?:[\/\\]{2}[a-z0-9]|\\\\([a-z0-9-]{1,60}[.@]){1,5}|(java|vb)script:)/ nocase
        $library = /rundll32(\.exe)?[ \t\r\n]{0,8}["']?([a-z0-9_.]{1,20},[ ]?[#a-z0-9_]{1,30}[ ]{1,4}["']?https?:|https?:|\\\\([a-z0-9-]{1,60}[.@]){1,5}|(java|vb)script:)/ nocase
        $scriptlet = /regsvr32[^<]{1,60}\/i:["']?(https?:\/\/[a-z0-9]|\\\\([a-z0-9-]{1,60}[.@]){1,5})/ nocase
        $share = /(pushd|net[ ]use)[ ][^\n<]{0,20}\\\\([a-z0-9-]{1,60}[.@]){1,5}[^<]{3,80}&/ nocase
        $lookup = /(finger[ ][^\n<|]{0,40}@[^<|]{3,60}\||nslookup[ ][^<]{3,120}\|[ ]{0,3}(cmd|powershell|pwsh)|for[ ]{1,3}\/f[ ][^<]{1,80}(nslookup|curl|finger)[ ])/ nocase
        $away = /(powershell|cmd|start|explorer|pcalua|forfiles|conhost|hh|control|installutil|regasm|msbuild|presentationhost)[ .][^\n<]{0,60}\\\\([a-z0-9-]{1,60}[.@]){1,5}[^\n<]{1,80}\.(exe|ps1|bat|cmd|vbs|jse?|lnk|hta|scr|msi|pif|dll|cpl|xbap|chm)/ nocase
        $bare = /\\\\([1-9]|1[1-9]|[2-9][0-9]|1[013-58][0-9]|12[0-689]|16[0-8]|17[013-9]|19[013-9]|2[0-5][0-9])(\.[0-9]{1,3}){3}(@[0-9a-z]{2,5})?\\[^\n<]{1,60}\.(exe|ps1|bat|cmd|vbs|jse?|lnk|hta|scr|msi|pif|url|library-ms|docm|xlsm)/ nocase
        $search = /search(-ms)?:[^<]{0,120}crumb=location:[\r\n]{0,2}(\\|%5c){2}/ nocase
        $interpreter = /(python3?|node|perl|ruby|php)(\.exe)?[ ]{1,3}-[cer][ ]{1,3}[^<]{1,160}https?:/ nocase
        $unix = /(ba|z)?sh[ ]-c[ ]{1,4}["']?(\$\(|`)[ ]{0,3}(curl|wget)[ ]/
        $opens = /(cmd|powershell|pwsh)(\.exe)?[ ]{1,3}[\/-][a-z][^\n<.]{0,60}https?:\/\/[a-z0-9]/ nocase
        $fetched = /(bitsadmin[^<]{1,20}\/transfer|certutil[^<]{1,12}[-\/]urlcache)[^<]{1,80}https?:/ nocase
        $pieces = /set[ ]{1,2}[a-z]{1,3}=[^&\n<]{1,30}&[^\n<]{1,80}[!%][a-z]{1,3}[!%]/ nocase
    condition:
        (any of ($keys*) and $opens)
        or (($encoded or $remote or $library or $scriptlet or $share or $lookup or $away or $bare or $search or $interpreter or $fetched
        or $pieces or $unix or (($get or ($piped and $address)) and ($shell or $chained)))
        and (any of ($keys*) or (any of ($do*) and (any of ($at*) or any of ($shell1, $shell2, $shell3)))))
}
