rule html_fetches_and_saves
{
    strings:
        $get = /(fetch[ ]{0,4}\([ ]{0,4}|\.open[ ]{0,4}\([ ]{0,4}["'](GET|POST)["'][ ]{0,4},[ ]{0,4})["'`](https?:)?\/\/[^"'`]{4,400}["'`]|new[ ]{1,4}WebSocket[ ]{0,4}\(/ nocase
        $save = /createObjectURL|msSave(OrOpen)?Blob/
        $start = /\.click[ ]{0,4}\(|dispatchEvent|msSaveOrOpenBlob|location(\.href)?[ ]{0,4}=/
    condition:
        filesize < 24KB and all of them
}
