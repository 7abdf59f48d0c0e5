int hands() { return 2; }
