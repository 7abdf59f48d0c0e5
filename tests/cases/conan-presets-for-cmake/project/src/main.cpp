#include <fmt/core.h>
int main() { fmt::print("up\n"); }
