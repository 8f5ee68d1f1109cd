// Arithmetic in Perl, whose numbers are integers of 64 bits and doubles computed by the x87: results of all operators over a list of operands, conversions from
// and to text, formats, and functions. The package has no tests of its own (those of t/op are in the source only), so these stand for them.

export const PERL = String.raw`
my @v = (0, -0.0, 1, -1, 2, 3, -7, 10, 0.1, -0.1, 1/3, 1e-5, 1e15, 1e16, 123456789, -987654321, 2147483647, -2147483648, 4294967295, 4294967296,
  9007199254740993, 9223372036854775807, -9223372036854775808, 18446744073709551615, 1.5, 2.5, -2.5, 1e100, 1e308, 5e-324, 2.2250738585072014e-308, 9**9**9, -9**9**9);
my $nan = 9**9**9 - 9**9**9;
sub show { my $x = shift; return defined $x ? sprintf("%s %.17g %s", $x, $x, unpack("H*", pack("d>", $x))) : "undef" }
sub try { my ($name, $f) = @_; my $r = eval { $f->() }; print "$name = ", $@ ? "error: " . ($@ =~ /^(.*?) at /)[0] : show($r), "\n" }
for my $a (@v, $nan) {
  try("-$a", sub { -$a }); try("int $a", sub { int $a }); try("abs $a", sub { abs $a }); try("sqrt $a", sub { sqrt $a }); try("log $a", sub { log $a });
  try("exp $a", sub { exp $a }); try("sin $a", sub { sin $a }); try("cos $a", sub { cos $a }); try("hex", sub { hex sprintf "%x", abs $a });
  print join(" ", map { sprintf $_, $a } "%d", "%u", "%x", "%o", "%b", "%e", "%.3f", "%g", "%.15g", "%a", "%+d", "%08.2f", "%s"), "\n";
  for my $b (@v, $nan) {
    try("$a + $b", sub { $a + $b }); try("$a - $b", sub { $a - $b }); try("$a * $b", sub { $a * $b }); try("$a / $b", sub { $a / $b });
    try("$a % $b", sub { $a % $b }); try("$a ** $b", sub { $a ** $b }) if abs($b) < 40; try("$a <=> $b", sub { $a <=> $b }); try("atan2 $a, $b", sub { atan2 $a, $b });
    print join(" ", $a & $b, $a | $b, $a ^ $b, ~$a, ($b >= 0 && $b < 64 ? ($a << $b, $a >> $b) : ())), "\n";
    { use integer; print join(" ", $a + $b, $a - $b, $a * $b, ($b == 0 || $b == -1 ? () : ($a / $b, $a % $b)), $a & $b), "\n" }
  }
}
for my $text ("1e3", "0x10", " 12abc", "1_000", ".5", "-.5e-3", "1e400", "1e-400", "4.9406564584124654e-324", "2.2250738585072011e-308", "0.1e1", "Inf", "NaN", "9007199254740992.5",
  "179769313486231580793728971405301e276", "123456789012345678901234567890") { no warnings; print "$text: ", show($text + 0), "\n" }
for my $n (1 .. 300) { my $x = 1 / $n; print show($x * $n - 1), " ", show($x ** 3), " ", show(sqrt($n) ** 2 - $n), " ", show(exp(log($n))), "\n" }
print join(",", map { $_ * 0.1 } -50 .. 50), "\n";
print join(" ", map { sprintf "%.0f", $_ / 2 } -9 .. 9), "\n", join(" ", unpack("d f q Q l L s S", pack("d f q Q l L s S", 1.1, 1.1, -5, 5, -6, 6, -7, 7))), "\n";
my ($i, $big) = (9223372036854775800, 1); for (1 .. 20) { $i++; print show($i), "\n" } for (1 .. 70) { $big *= 3; print show($big), "\n" }
`;
