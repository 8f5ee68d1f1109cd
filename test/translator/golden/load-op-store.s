# An instruction that reads and writes one address: one test does for both.
        addl    $1, (%esi)              # 83 06 01
        andb    $0x7f, (%edi)           # 80 27 7f
        xchg    %eax, (%ebx)            # 87 03
        lock incl (%ebp)                # f0 ff 45 00
        ret                             # c3
