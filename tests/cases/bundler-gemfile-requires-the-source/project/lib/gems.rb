Kernel.load "lib/more.rb"
