System.Console.WriteLine("up");
