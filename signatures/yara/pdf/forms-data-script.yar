rule forms_data_script
{
    strings:
        $fdf = "%FDF-"
        $act = /\/(JavaScript|Launch|F[ ]{0,4}\([ ]{0,4}(\\\\|\/\/|file:|https?:))/
        $xfdf = "ns.adobe.com/xfdf"
        $far = /<f[ ]{1,8}href[ ]{0,4}=[ ]{0,4}["'](\\\\|\/\/|file:|https?:|javascript:)/ nocase
    condition:
        ($fdf in (0..1024) and $act) or ($xfdf and $far)
}
