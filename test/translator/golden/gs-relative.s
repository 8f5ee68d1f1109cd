# Thread-local storage: the base of GS is a word of the state. Flat segments cost nothing.
        mov     %gs:0, %eax             # 65 a1 00 00 00 00
        mov     -4(%eax), %ecx          # 8b 48 fc
        mov     %ecx, %gs:0x10          # 65 89 0d 10 00 00 00
        xor     %gs:0x14, %edx          # 65 33 15 14 00 00 00
        ret                             # c3
