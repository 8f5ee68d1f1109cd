# Instructions without an inline form: their semantic functions are called, with registers written back before and read again behind, and
# whether they have changed code or left is asked. CPUID ends a block.
        mov     $1, %eax                # b8 01 00 00 00
        fxsave  (%esi)                  # 0f ae 06
        aam     $10                     # d4 0a
        bound   %ecx, (%esi)            # 62 0e
        cpuid                           # 0f a2
        ret                             # c3
