package Worker;
sub run { 1 }
1;
