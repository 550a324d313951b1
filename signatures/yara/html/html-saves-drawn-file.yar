rule html_saves_drawn_file
{
    strings:
        $read = "getImageData"
        $save = /new[ ]{1,4}(Blob|File)[ ]{0,4}\(|msSave(OrOpen)?Blob/
        $start = /\.click[ ]{0,4}\(|dispatchEvent|msSaveOrOpenBlob|location(\.href)?[ ]{0,4}=/
    condition:
        filesize < 64KB and all of them
}
