# CMP and TEST with each kind of condition: signed, unsigned, sign, zero, and parity, which has no short form.
        cmp     %ebx, %eax              # 39 d8
        jl      out                     # 7c 12
        cmp     $100, %ecx              # 83 f9 64
        ja      out                     # 77 0d
        test    %edx, %edx              # 85 d2
        js      out                     # 78 09
        cmp     %esi, %edi              # 39 f7
        je      out                     # 74 05
        cmp     %esi, %eax              # 39 f0
        jp      out                     # 7a 01
        inc     %eax                    # 40
out:    ret                             # c3
