import { it } from "vitest";
import { writeFileSync } from "node:fs";
import { simdForms } from "/work/main/test/semantics/simd-forms.ts";
import { simdCases, runNative, runOurs, OUT_WORDS, OUT_FP, FP, IN_WORDS, IN_FP } from "/work/main/test/semantics/simd-cases.ts";
import { R } from "/work/main/test/semantics/layout.ts";
const h=(x:number)=>(x>>>0).toString(16).padStart(8,"0");
it("explore",{timeout:600000},()=>{
  const forms=simdForms(); let out=`forms ${forms.length} unique ${new Set(forms.map(f=>f.name)).size}\n`; const only=process.env.ONLY; let total=0,bad=0,tN=0,tO=0; const max=Number(process.env.MAX??3); const traps:Record<string,number>={};
  const x87=process.env.X87==="1";
  for(const f of forms){ if(only&&!new RegExp(only).test(f.name))continue; if(f.x87!==x87)continue;
    const c=simdCases(f); total+=c.count; let n:Int32Array,o:Int32Array;
    let t=Date.now(); try{n=runNative(c);}catch(e){out+=`!! ${f.name} ${(e as Error).message} ${f.codes[0].map(x=>x.toString(16))}\n`;continue;} tN+=Date.now()-t; t=Date.now();
    try{o=runOurs(c);}catch(e){out+=`!! ${f.name} ${(e as Error).stack} \n`;continue;} tO+=Date.now()-t;
    let diffs=0;
    for(let k=0;k<c.count;k++){ const at=k*OUT_WORDS; const d:string[]=[]; const s=c.states.subarray(k*IN_WORDS,(k+1)*IN_WORDS); traps[n[at+R.TRAP]]=(traps[n[at+R.TRAP]]??0)+1;
      for(let w=0;w<OUT_WORDS;w++){ if(w>=OUT_FP+3&&w<OUT_FP+7)continue; let a=n[at+w],b=o[at+w]; 
        if(w===OUT_FP+FP.MXCSR){const m=s[IN_FP+FP.MXCSR]; if((m&0xffe0)===0x1fa0){a&=~0x12;b&=~0x12;}}
        if(a!==b){ const name=w<13?["eax","ecx","edx","ebx","esp","ebp","esi","edi","eip","eflags","trap","err","cr2"][w]:w<OUT_FP?`mem${(w-13)*4}`:w<OUT_FP+27?`fsave${(w-OUT_FP)*4}`:w===OUT_FP+27?"mxcsr":`xmm${(w-OUT_FP-28)>>2}.${(w-OUT_FP-28)&3}`; d.push(`${name}: ${h(a)} ours ${h(b)}`);}}
      if(d.length){diffs++; if(diffs<=max){ const x=(r:number)=>[3,2,1,0].map(q=>h(s[IN_FP+FP.XMM+4*r+q])).join("_"); out+=`  ${f.name} [${c.code[k].map(q=>q.toString(16)).join(" ")}] mxcsr ${h(s[IN_FP+FP.MXCSR])} x1 ${x(1)} x2 ${x(2)} m ${[3,2,1,0].map(q=>h(s[9+8+q])).join("_")} ebx ${h(s[3])} cw ${h(s[IN_FP])} sw ${h(s[IN_FP+1])} tw ${h(s[IN_FP+2])}`+(x87?` st0 ${h(s[IN_FP+9]&0xffff)} ${h(s[IN_FP+8])}${h(s[IN_FP+7])} st1 ${h((s[IN_FP+11]>>>16))} ${h((s[IN_FP+11]<<16)|(s[IN_FP+10]>>>16))}${h((s[IN_FP+10]<<16)|(s[IN_FP+9]>>>16))}`:"")+`\n     ${d.slice(0,8).join(", ")}\n`; }}
    }
    if(diffs){bad++; out+=`BAD ${f.name}: ${diffs}/${c.count}\n`;}
  }
  out+=`total ${total} bad ${bad} native ${tN}ms ours ${tO}ms traps ${JSON.stringify(traps)}\n`;
  writeFileSync(process.env.OUT??"/tmp/rcp/explore.txt",out);
});
