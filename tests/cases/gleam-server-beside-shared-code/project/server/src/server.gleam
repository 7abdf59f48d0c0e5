import shared

pub fn main() { shared.two }
