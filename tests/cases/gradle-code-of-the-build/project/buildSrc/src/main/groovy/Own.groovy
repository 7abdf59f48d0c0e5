class Own {}
