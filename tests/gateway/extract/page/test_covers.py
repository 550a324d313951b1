"""Frames that cover the window."""

from __future__ import annotations

import pytest

from gateway.extract.page.covers import covered
from tests.builders.growth import linear

LOGIN = "https://h.example/login"


@pytest.mark.parametrize("source", [
    f"<iframe src='{LOGIN}' style='position:fixed;inset:0;width:100%;height:100%'></iframe>",
    f"<object data=\"{LOGIN}\" type=text/html style=\"width: 100vw; height: 100dvh; position: fixed\"></object>",
    f"<EMBED SRC={LOGIN} WIDTH=100% HEIGHT=100% STYLE='POSITION:FIXED;TOP:0;LEFT:0'>",
    "<style>p{} .a, iframe { position: fixed; width: 100%; height: 100% }</style><iframe src='//h.example/l'></iframe>",
    f"<style>.a .full{{position:fixed;top:0;width:100vw;height:100vh}}</style><iframe class='x full' title='a > b' "
    f"src='{LOGIN}'></iframe>",
    f"<div style='position:fixed;inset:0;background:#fff'><iframe src='{LOGIN}' style='width:100%;height:100%;border:0'></iframe></div>",
    f"<style>.o{{position:fixed;top:0;left:0;right:0;bottom:0}}</style><div class=o> <iframe width='100%' height='100%' src={LOGIN}></iframe>",
    f"<style>#F{{position:fixed;width:100%;height:100%}}</style><iframe id=f src={LOGIN}></iframe>",
])
def test_frames_over_the_window(source):
    assert covered(source)


@pytest.mark.parametrize("source", [
    f"<iframe src='{LOGIN}' style='position:absolute;top:0;left:0;width:100%;height:100%'></iframe>",          # a film in its box
    f"<iframe src='{LOGIN}' style='position:fixed;width:100%;height:100%;display:none'></iframe>",
    f"<iframe src='{LOGIN}' style='width:1px!important;min-width:100%!important;position:fixed!important;height:1px'></iframe>",
    f"<iframe src='{LOGIN}' style='position:fixed;right:20px;bottom:20px;width:380px;height:100%'></iframe>",
    "<iframe src='about:blank' style='position:fixed;width:100%;height:100%'></iframe>",
    f"<style>.overlay{{position:fixed;width:100%;height:100%}}</style><iframe class=map src='{LOGIN}'></iframe>",
    f"<style>.overlay{{position:fixed;width:100%;height:100%;visibility:hidden}}</style><iframe class=overlay src='{LOGIN}'></iframe>",
    "<style>.overlay{position:fixed;width:100%;height:100%}</style><div class=overlay>x</div>",
    f"<div style='position:fixed;inset:0;display:none'><iframe src='{LOGIN}' style='width:100%;height:100%'></iframe></div>",
    f"<div style='position:fixed;top:0;left:0;right:0'><iframe src='{LOGIN}' style='width:100%;height:100%'></iframe></div>",
    f"<div style='position:fixed;inset:0'><div><iframe src='{LOGIN}' width=560 height=315></iframe></div></div>",
])
def test_other_frames(source):
    assert not covered(source)


def test_pages_of_nothing_but_frames_are_read_once():
    assert linear(covered, lambda n: "<style>a{position:fixed}</style>" + "<div class=a><iframe src=//h.example " * n, 4_000)
    assert linear(covered, lambda n: "fixed<iframe src='//h.example'" + " a='b'" * n, 8_000)
