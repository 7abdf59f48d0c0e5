#!/usr/bin/env perl
use Mojolicious::Lite;
get '/' => {text => 'ok'};
app->start;
