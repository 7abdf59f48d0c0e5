import 'package:args/args.dart';

void main(List<String> given) => print(ArgParser().parse(given).rest);
