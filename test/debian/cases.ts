// The table of command lines that are compared with a native run: programs of Debian packages, by package. "$D" in an argument
// stands for the directory of the data files (data.ts: text, short, numbers, csv, noise, blob); nothing here may depend on
// /dev, /proc, the time, process ids or the network, because the native run has none or other ones.

export interface Case {
  readonly package: string;
  /** The program's name, searched in the root's bin directories, and its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Data file that is standard input; none: an empty one. */
  readonly stdin?: string;
  /** The text on stderr is not compared (times, process ids). */
  readonly anyStderr?: boolean;
  /** Looks at files of the whole root, so that only a native run inside it can be compared. */
  readonly wholeRoot?: boolean;
}

const bash = (script: string, rest: Partial<Case> = {}): Case => ({ package: "bash", command: ["bash", "-c", script], ...rest });

const through = (name: string, pack: string, unpack: string, rest: Partial<Case> = {}): Case => ({
  package: name,
  command: ["bash", "-c", `set -o pipefail; ${pack} < "$D/blob" | ${unpack} | busybox cmp - "$D/blob"; echo \${PIPESTATUS[*]} $?`],
  ...rest,
});

const python = (...script: string[]): Case => ({ package: "python3", command: ["python3", "-c", script.join("\n")] });

const perl = (script: string, rest: Partial<Case> = {}): Case => ({ package: "perl-base", command: ["perl", "-we", script], ...rest });

const lua = (script: string, rest: Partial<Case> = {}): Case => ({ package: "lua5.4", command: ["lua5.4", "-e", script], ...rest });

const luajit = (...script: string[]): Case => ({ package: "luajit", command: ["luajit", "-e", script.join("\n")] });

const sqlite = (script: string, ...options: string[]): Case => ({ package: "sqlite3", command: ["sqlite3", ...options, ":memory:", script] });

export const CASES: readonly Case[] = [
  // busybox-static: one static program, no interpreter
  { package: "busybox-static", command: ["busybox", "sha256sum", "$D/text", "$D/noise"] },
  { package: "busybox-static", command: ["busybox", "md5sum"], stdin: "text" },
  { package: "busybox-static", command: ["busybox", "sh", "-c", 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; echo $i; busybox wc "$D/text"; (exit 3); echo $?; exit 7'] },
  { package: "busybox-static", command: ["busybox", "ls", "-lR", "/usr/lib/i386-linux-gnu/perl-base", "/nowhere"], wholeRoot: true },
  { package: "busybox-static", command: ["busybox", "awk", "{ n += $2; w[$3]++ } END { print n; for (i = 0; i < 5; i++) print i, w[\"alpha\"] }", "$D/short"] },
  { package: "busybox-static", command: ["busybox", "vi", "--nonsense"] },

  // coreutils
  { package: "coreutils", command: ["ls", "-laR", "/usr"], wholeRoot: true },
  { package: "coreutils", command: ["ls", "-l", "--time-style=full-iso", "$D/nowhere", "$D/text"] },
  { package: "coreutils", command: ["sort", "$D/text"] },
  { package: "coreutils", command: ["sort", "-t,", "-k3,3", "-k2,2nr", "-s", "$D/csv"] },
  { package: "coreutils", command: ["sort", "-g", "-u", "$D/numbers"] },
  { package: "coreutils", command: ["sha512sum", "$D/noise"] },
  { package: "coreutils", command: ["b2sum"], stdin: "short" },
  { package: "coreutils", command: ["factor", "1000000007", "4294967297", "18446744073709551615", "340282366920938463463374607431768211455"] },
  { package: "coreutils", command: ["seq", "-f", "%.7g|", "-1", "0.0625", "30"] },
  { package: "coreutils", command: ["od", "-A", "x", "-t", "x1z", "-t", "f8", "-N", "20000", "$D/noise"] },
  { package: "coreutils", command: ["date", "-u", "-d", "2024-02-29 12:34:56 +400 days", "+%c|%G-W%V-%u|%j|%s"] },
  { package: "coreutils", command: ["base64", "-w", "61"], stdin: "noise" },
  { package: "coreutils", command: ["stat", "-c", "%n %s %F %a", "$D/text", "$D", "$D/missing"] },
  { package: "coreutils", command: ["printf", "%5.3f %x %'d %s %b\\n", "3.14159", "255", "1234567", "text", "a\\tb", "nan", "-1", "7", "more", "\\101"] },
  { package: "coreutils", command: ["shuf", "--random-source=$D/noise", "-n", "40", "$D/short"] },

  // grep, sed
  { package: "grep", command: ["grep", "-nE", "(alpha|omega)[^0-9]+[0-9]{3,}|^[7-9].*7$", "$D/text"] },
  { package: "grep", command: ["grep", "-rlw", "sub", "/nowhere", "/usr/lib/i386-linux-gnu/perl-base/File"], wholeRoot: true },
  { package: "grep", command: ["grep", "-cP", "(?<=a)l(?!x)\\w+\\s\\d+", "$D/short", "$D/missing"] },
  { package: "grep", command: ["grep", "-q", "no such words here", "$D/text"] },
  { package: "sed", command: ["sed", "-E", "s/([a-z]+) ([0-9]+)/\\2:\\u\\1/g; /alpha/{h;d}; 5~7{x;G}; $!N; P; D", "$D/short"] },
  { package: "sed", command: ["sed", "-n", "/[0-9]\\{4\\}/{s//<&>/gp;=};100,120y/abcdef/ABCDEF/;100,120l", "$D/short"] },
  { package: "sed", command: ["sed", "s/a/b"] },

  // mawk, gawk
  { package: "mawk", command: ["mawk", "{ n[$3] += $2; c[$3]++ } END { for (w in n) t += n[w] / c[w]; printf \"%d %.6f %s\\n\", NR, t, length(n) }", "$D/text"] },
  { package: "mawk", command: ["mawk", "-F,", "BEGIN { OFS = \"|\" } { gsub(/[aeiou]/, \"<&>\", $3); $1 = NR; print toupper($3), sqrt($2), int(log(NR) * 1000), substr($0, 3, 9) } NR > 200 { exit 4 }", "$D/csv"] },
  { package: "gawk", command: ["gawk", "BEGIN { for (i = 0; i < 3000; i++) { x = (x * 1103 + 12345) % 65536; a[i] = x } n = asort(a); for (i = 1; i <= n; i += 97) printf \"%d %08.3f %x\\n\", a[i], sin(a[i]), xor(a[i], i) }"] },
  { package: "gawk", command: ["gawk", "{ match($0, /([a-z]+) +([0-9]+)$/, m); k[m[1]] = k[m[1]] < m[2] + 0 ? m[2] + 0 : k[m[1]] } END { PROCINFO[\"sorted_in\"] = \"@ind_str_asc\"; for (w in k) print w, k[w], strftime(\"%F\", k[w] * 86400, 1); print strtonum(\"0x1F\"), gensub(/(.)b/, \"[\\\\1]\", \"g\", \"abbab\") }", "$D/short"] },
  { package: "gawk", command: ["gawk", "BEGIN { \"echo from a shell\" | getline line; print line | \"cat; exit 3\"; print close(\"cat; exit 3\"); print 1 / 0 }"] },

  // bc
  { package: "bc", command: ["bc", "-l", "$D/pi.bc"] },
  { package: "bc", command: ["bc", "$D/functions.bc"] },
  { package: "bc", command: ["bash", "-c", "for e in 2^512 's(1)' '7/0' 'obase=16; 2^64-1' 'sqrt(2' 'scale=60; e(1)*l(10)'; do echo \"$e\" | bc -l; done"] },

  // Round trips of the data
  through("gzip", "gzip -c", "gzip -dc"),
  { package: "gzip", command: ["bash", "-c", 'cd "$D" && gzip -9nc text | sha256sum; gzip -1nc noise short | gzip -tv; gzip -dc text'] },
  through("bzip2", "bzip2 -1c", "bzip2 -dc"),
  { package: "bzip2", command: ["bash", "-c", 'bzip2 -1c "$D/text" | sha256sum; bzip2 -t "$D/text"; echo $?'] },
  through("xz-utils", "xz -0 -c", "xz -dc"),
  { package: "xz-utils", command: ["bash", "-c", 'xz -3 --format=lzma -c "$D/short" | xz -dc | sha256sum; xz -0 -T2 --block-size=65536 -c "$D/noise" | sha256sum; xz -t "$D/text"'] },
  through("zstd", "zstd -qc", "zstd -dqc"),
  { package: "zstd", command: ["bash", "-c", 'zstd -12 -q --single-thread -c "$D/short" | sha256sum; zstd -T2 -1 -q -c "$D/noise" | zstd -dqc | sha256sum; zstd -dqc < "$D/short"'] },

  // perl-base
  perl('while (<>) { while (/\\b([a-z])(\\w*?)(\\1|o)\\w*\\s+(\\d+)/g) { $h{"$1$3"} += $4; } s/(\\d+)/sprintf "%x", $1/ge; $l += length } print "$_ $h{$_}\\n" for sort keys %h; print "$l $.\\n"', { stdin: "short" }),
  perl('my @r = map { /^(\\d{4})-(?<m>\\d\\d)-(\\d\\d)$/ ? "$3.$+{m}.$1" : () } qw(2024-01-02 1999-12-31 nope); print "@r\\n"; $_ = "a(b(c)d)e"; my $re; $re = qr/\\((?:[^()]++|(??{$re}))*\\)/; print "$&|$`|$\'\\n" if /$re/; print join("|", split /(?<=,)/, "a,b,,c,"), "\\n"; die "done\\n"'),
  perl('print unpack("H*", pack("nNvVqQ<dfa5A5w", 1, 2, 3, 4, -5, 2**53, 1.5, 0.1, "ab", "cd", 300)), "\\n"; printf "%s %.15g %e %b %vd %s\\n", 1e15, 0.1 + 0.2, 12345.678, 10, "1.22.333", 9**20; my $x = 1; my @p = map { $x = ($x * 16807) % 2147483647 } 1..2000; my @s = sort { $a <=> $b } @p; print "@s[0..4] $s[-1]\\n"; exit 9'),

  // python3: the interpreter starts slowly, so each line does much
  python(
    "import json, re, hashlib, os",
    "text = open(os.environ['D'] + '/short').read()",
    "rows = [dict(zip(('n', 'value', 'word'), line.split())) for line in text.splitlines()]",
    "s = json.dumps(rows[:300], indent=1, sort_keys=True)",
    "assert json.loads(s) == rows[:300]",
    "print(len(s), hashlib.sha256(s.encode()).hexdigest(), hashlib.md5(text.encode()).hexdigest(), hashlib.blake2b(b'x').hexdigest())",
    "print(re.findall(r'(?P<word>al\\w+)\\s+(\\d{2,3})\\b', text)[:20], re.sub(r'(?<!o)m(e|i)', lambda m: m[0].upper(), text[:400]))",
  ),
  python(
    "import math, decimal, fractions, struct",
    "print([x ** 0.5 for x in range(12)], math.pi, math.sin(1e22), math.gamma(7.5), 1e308 * 10, float('nan'), 0.1 + 0.2, 5e-324, repr(2.0 ** -1074 * 3))",
    "print([f(0.7) for f in (math.exp, math.log, math.tan, math.atan, math.erf, math.lgamma, math.cbrt, math.expm1)], math.fsum([0.1] * 10), round(2.675, 2), 7.0 // -2, -7.5 % 2)",
    "decimal.getcontext().prec = 60",
    "print(decimal.Decimal(2).sqrt(), decimal.Decimal(1).exp(), decimal.Decimal('1e-30') / 7, fractions.Fraction(0.1), (0.1).hex())",
    "print(struct.pack('<dfqH', 1.1, 2.2, -3, 65535).hex(), '%.30f' % 0.1, format(1234567.891, ',.2f'), 3 ** 200 % 10 ** 20, pow(3, 10 ** 18, 10 ** 9 + 7))",
  ),
  python(
    "from itertools import accumulate, islice, takewhile, groupby, count",
    "def primes():\n  found = []\n  for n in count(2):\n    if all(n % p for p in takewhile(lambda p: p * p <= n, found)):\n      found.append(n); yield n",
    "squares = (p * p % 1000 for p in islice(primes(), 400))",
    "print(list(islice(accumulate(squares), 0, None, 25)))",
    "print([(k, len(list(g))) for k, g in groupby(sorted(p % 10 for p in islice(primes(), 300)))])",
    "def echo():\n  got = None\n  while True:\n    try: got = yield got\n    except KeyError as e: got = repr(e)",
    "e = echo(); next(e); print(e.send(1), e.throw(KeyError('k')), e.send('last'))",
    "class C:\n  def __enter__(self): print('in'); return self\n  def __exit__(self, *a): print('out', a[0]); return False",
    "with C(): {}['missing']",
  ),
  python(
    "import subprocess, sys, threading, queue, zlib, os, collections",
    "print(subprocess.run(['sort', '-n'], input='3\\n1\\n2\\n', capture_output=True, text=True))",
    "p = subprocess.Popen(['bash', '-c', 'read x; echo got $x; exit 3'], stdin=subprocess.PIPE, stdout=subprocess.PIPE); print(p.communicate(b'line\\n'), p.returncode)",
    "q = queue.Queue(); out = []",
    "def work():\n  while (n := q.get()) is not None: out.append(sum(i * i for i in range(n)))",
    "ts = [threading.Thread(target=work) for _ in range(3)]",
    "[t.start() for t in ts]; [q.put(n) for n in range(100)]; [q.put(None) for _ in ts]; [t.join() for t in ts]; print(len(out), sum(out))",
    "data = open(os.environ['D'] + '/short', 'rb').read(); z = zlib.compress(data, 9); print(len(z), zlib.crc32(z), zlib.decompress(z) == data)",
    "print(collections.Counter(data.decode().split()).most_common(5)); sys.stderr.write('to stderr\\n'); sys.exit(5)",
  ),

  // lua5.4
  lua('local t, x = {}, 42 for i = 1, 3000 do x = (x * 1103515245 + 12345) & 0x7fffffff t[i] = x end table.sort(t) print(t[1], t[1500], t[3000], x // 7, -x % 1000, 2^0.5, 7 // 2.0, 1e15, 2^53, 0x7fffffffffffffff + 1, 3 | 0xff00, "10" + 5)'),
  lua('local n = {} for line in io.lines() do local w, v = line:match("(%a+)%s+(%d+)$") if w then n[w] = (n[w] or 0) + v end end local k = {} for w in pairs(n) do k[#k + 1] = w end table.sort(k) for _, w in ipairs(k) do io.write(("%-8s %6d %q\\n"):format(w, n[w], w:rep(2, "-"))) end local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a * i) end error("in the coroutine") end) print(co(1), co(2), co(3), pcall(co, 4)) error("at the end")', { stdin: "short" }),

  // a compiler in the guest: traces with side traces, numbers and 64-bit integers; code that is flushed, made again in a small area, switched off and on
  luajit("local s, x = 0, 0 for i = 1, 20000 do s = s + i % 7 x = bit.bxor(bit.lshift(x, 1), i) end print(s, x)",
    "local P = {} P.__index = P P.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y - b.y }, P) end",
    "local sum = setmetatable({ x = 0, y = 0.5 }, P) for i = 1, 3000 do sum = sum + setmetatable({ x = i, y = 1 / i }, P) end print(sum.x, ('%.12g'):format(sum.y))",
    "local f = {} for k = 1, 10 do local c = 0 f[k] = function(d) c = c + d * k return c end end local z = 0 for r = 1, 200 do for k = 1, 10 do z = z + f[k](r) % 3 end end print(z)",
    "local function g(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end local t = 0 for v in g(1000) do t = t + v end print(t)",
    "local e = 0 for i = 1, 200 do local ok, m = pcall(function() if i % 3 == 0 then error({ i }) end return i end) if not ok then e = e + m[1] end end print(e, (jit.status()))"),
  luajit('local ffi = require "ffi" ffi.cdef[[ typedef struct { int32_t a; double b; uint8_t c[8]; int64_t l; } rec; size_t strlen(const char *); double pow(double, double); void qsort(void *, size_t, size_t, int (*)(const int32_t *, const int32_t *)); ]]',
    "local r = ffi.new('rec[10]') for i = 0, 4999 do local e = r[i % 10] e.a = e.a + i e.b = e.b + i / 3 e.c[i % 8] = i e.l = e.l + i * 1000000007LL end print(ffi.sizeof('rec'), r[3].a, r[4].b, r[5].c[1], r[6].l)",
    "local m = 0 for i = 1, 2000 do m = m + tonumber(ffi.C.strlen('hello')) + ffi.C.pow(1.5, i % 5) end print(m)",
    "local a = ffi.new('int32_t[200]') for i = 0, 199 do a[i] = i * 7919 % 211 end local by = ffi.cast('int (*)(const int32_t *, const int32_t *)', function(x, y) return x[0] - y[0] end) ffi.C.qsort(a, 200, 4, by) by:free() print(a[0], a[100], a[199])",
    "local u = 1ULL for i = 1, 3000 do u = u * 6364136223846793005ULL + 1442695040888963407ULL end print(u)"),
  luajit("jit.opt.start('hotloop=3', 'hotexit=2', 'maxtrace=50', 'sizemcode=4', 'maxmcode=16')",
    "local function f(n, k) local s = 0 for i = 1, n do if i % k == 0 then s = s + 2 elseif i % 5 == 0 then s = s - 1 else s = s + i end end return s end",
    "local s = 0 for r = 1, 40 do s = s + f(300, r % 11 + 1) if r % 10 == 0 then jit.flush() end if r % 16 == 0 then jit.off(f, true) elseif r % 16 == 8 then jit.on(f, true) end end print(s)",
    "local w = 0 for r = 1, 60 do local g = loadstring('local n = ... local s = 0 for i = 1, n do if i % 3 == 0 then s = s + i elseif i % 4 == 0 then s = s - ' .. r .. ' else s = s + 0.5 end end return s') w = w + g(60) end print(w)",
    "local o, t = setmetatable({}, { __add = function() return 1 end }), 0 for i = 1, 3000 do local v = i % 100 == 0 and o or (i % 7 == 0 and '3' or i) t = t + (v + 1) % 10 end print(t)"),

  // sqlite3
  { package: "sqlite3", command: ["sqlite3", ":memory:"], stdin: "inserts.sql" },
  sqlite("with recursive c(n) as (select 1 union all select n + 1 from c where n < 3000) select count(*), sum(n * n), avg(n), max(printf('%05d', n % 777)), group_concat(distinct n % 7), total(1.0 / n) from c; select json_object('a', json_array(1, 2.5, 'x')), hex(zeroblob(3)), round(2.5), 7 / 2, 7 / 2.0, 1e300 * 1e10, typeof(9223372036854775807 + 1);", "-header", "-column"),
  { package: "sqlite3", command: ["bash", "-c", 'f=$(mktemp -d) && sqlite3 "$f/db" < "$D/inserts.sql" && sqlite3 "$f/db" "pragma journal_mode = wal; begin; update t set b = a * 2 where a % 3 = 0; delete from t where a > 900; commit; create index i on t(b); select count(*), sum(b) from t; pragma integrity_check; select nonsense from t"; echo $?; ls "$f"; rm -r "$f"'] },

  // openssl
  { package: "openssl", command: ["openssl", "dgst", "-sha256", "$D/text", "$D/noise"] },
  { package: "openssl", command: ["bash", "-c", 'openssl enc -aes-256-cbc -K 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff -iv 000102030405060708090a0b0c0d0e0f -in "$D/noise" | tee "$D/secret" | openssl enc -d -aes-256-cbc -K 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff -iv 000102030405060708090a0b0c0d0e0f | busybox cmp - "$D/noise" && echo same; sha256sum < "$D/secret"; rm "$D/secret"'] },
  { package: "openssl", command: ["bash", "-c", 'openssl genrsa -out "$D/key.$$" 512 && openssl dgst -sha1 -sign "$D/key.$$" -out "$D/sig.$$" "$D/short" && openssl dgst -sha1 -prverify "$D/key.$$" -signature "$D/sig.$$" "$D/short"; rm "$D/key.$$" "$D/sig.$$"; openssl prime 1000000007; openssl dgst -nonsense'], anyStderr: true },

  // file, less
  { package: "file", command: ["file", "/bin/busybox", "/bin/ls", "/usr/bin/python3", "$D/text", "$D/noise", "$D", "$D/inserts.sql"], wholeRoot: true },
  { package: "file", command: ["file", "-bi", "-"], stdin: "csv" },
  { package: "less", command: ["bash", "-c", 'sort "$D/short" | less -N | head -n 50 | sha256sum; less "$D/short"; less "$D/missing"'] },
  { package: "less", command: ["less", "-FX", "$D/short", "$D/csv"] },

  // bash
  bash('declare -A h; a=(); while read -r n v w _; do ((h[$w] += v)); a+=("$n"); done < "$D/short"; for k in $(printf "%s\\n" "${!h[@]}" | sort); do echo "$k ${h[$k]}"; done; echo ${#a[@]} "${a[@]:3:4}" "${a[-1]^^}" ${a[@]/1/x} | cut -c1-80'),
  bash('trap "echo exit trap \\$?" EXIT; trap "echo caught USR1" USR1; kill -USR1 $$; (trap - EXIT; exit 3) || echo sub $?; f() { local x=$1; ((x > 0)) && { echo -n "$x "; f $((x - 1)); }; }; f 20; echo; coproc cat; echo through >&${COPROC[1]}; read -r l <&${COPROC[0]}; echo "$l"; set -e; false; echo never', { anyStderr: true }),
  bash('seq 1 3000 | grep 7 | sed "s/7/seven/" | sort -r | mawk "{ print NR, \\$0 }" | head -n 20 | tee "$D/lines" | tr a-z A-Z; wc -l < "$D/lines"; rm "$D/lines"; { sleep 0.1; exit 6; } & wait $!; echo $?; cat <<< "$(ls "$D" | wc -l)"; printf "%(%Y)T %q %05.1f\\n" 86400 "a b" 3.14159; [[ abc123 =~ ([a-z]+)([0-9]+) ]] && echo "${BASH_REMATCH[@]}"; nonesuch; kill -TERM $$', { anyStderr: true }),
];
