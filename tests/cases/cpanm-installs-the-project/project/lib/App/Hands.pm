package App::Hands;
our $VERSION = '0.1';
sub run { print "two\n" }
1;
