Task("Publish").Does(() => DotNetPublish("."));
RunTarget(Argument("target", "Publish"));
