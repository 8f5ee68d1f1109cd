// The codes of the Itanium C++ ABI's mangled names, section 5.1: operators, builtin types, abbreviations, special names. No behaviour.

export const OPERATORS: Readonly<Record<string, string>> = {
  nw: "new", na: "new[]", dl: "delete", da: "delete[]", aw: "co_await", ps: "+", ng: "-", ad: "&", de: "*", co: "~", pl: "+", mi: "-", ml: "*", dv: "/", rm: "%",
  an: "&", or: "|", eo: "^", aS: "=", pL: "+=", mI: "-=", mL: "*=", dV: "/=", rM: "%=", aN: "&=", oR: "|=", eO: "^=", ls: "<<", rs: ">>", lS: "<<=", rS: ">>=",
  eq: "==", ne: "!=", lt: "<", gt: ">", le: "<=", ge: ">=", ss: "<=>", nt: "!", aa: "&&", oo: "||", pp: "++", mm: "--", cm: ",", pm: "->*", pt: "->", cl: "()",
  ix: "[]", qu: "?",
};

export const BINARY: ReadonlySet<string> = new Set([
  "pl", "mi", "ml", "dv", "rm", "an", "or", "eo", "ls", "rs", "eq", "ne", "lt", "gt", "le", "ge", "ss", "aa", "oo", "cm", "pm", "ix", "aS", "pL", "mI",
]);
export const UNARY: ReadonlySet<string> = new Set(["ps", "ng", "ad", "de", "co", "nt", "pp", "mm"]);
export const CALLS: Readonly<Record<string, string>> = { st: "sizeof", sz: "sizeof", at: "alignof", az: "alignof", nx: "noexcept" };

export const BUILTINS: Readonly<Record<string, string>> = {
  v: "void", w: "wchar_t", b: "bool", c: "char", a: "signed char", h: "unsigned char", s: "short", t: "unsigned short", i: "int", j: "unsigned int", l: "long",
  m: "unsigned long", x: "long long", y: "unsigned long long", n: "__int128", o: "unsigned __int128", f: "float", d: "double", e: "long double", g: "__float128",
  z: "...",
};

export const MORE_BUILTINS: Readonly<Record<string, string>> = {
  Dd: "decimal64", De: "decimal128", Df: "decimal32", Dh: "half", Di: "char32_t", Ds: "char16_t", Du: "char8_t", Da: "auto", Dc: "decltype(auto)",
  Dn: "decltype(nullptr)",
};

const STRING = "std::basic_string<char, std::char_traits<char>, std::allocator<char> >";

/** Abbreviations: as usually shown, and in full, as in front of a constructor. */
export const STANDARD: Readonly<Record<string, readonly [short: string, full: string]>> = {
  t: ["std", "std"], a: ["std::allocator", "std::allocator"], b: ["std::basic_string", "std::basic_string"], s: ["std::string", STRING],
  i: ["std::istream", "std::basic_istream<char, std::char_traits<char> >"], o: ["std::ostream", "std::basic_ostream<char, std::char_traits<char> >"],
  d: ["std::iostream", "std::basic_iostream<char, std::char_traits<char> >"],
};

export const SPECIAL: Readonly<Record<string, string>> = {
  TV: "vtable for", TT: "VTT for", TI: "typeinfo for", TS: "typeinfo name for", Th: "non-virtual thunk to", Tv: "virtual thunk to", Tc: "covariant return thunk to",
  TC: "construction vtable for", TW: "TLS wrapper function for", TH: "TLS init function for", GV: "guard variable for", GR: "reference temporary",
};
