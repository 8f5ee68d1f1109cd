// The text of /proc/PID/mounts and mountinfo, proc(5).

import { majorOf, minorOf } from "./constants.ts";
import { placePath } from "./state.ts";
import type { FsState, Mount } from "./state.ts";

/** Blanks and backslashes in octal, as getmntent(3) reads them. */
const escaped = (text: string): string => text.replace(/[ \t\n\\#]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`);

function flagText(mount: Mount): string {
  const f = mount.flags;
  return [f.readonly ? "ro" : "rw", f.nosuid && "nosuid", f.nodev && "nodev", f.noexec && "noexec", "relatime"].filter(Boolean).join(",");
}

/** Mounts that can be reached from the root, with where they are. */
function visible(state: FsState): { mount: Mount; path: string }[] {
  const list: { mount: Mount; path: string }[] = [];
  for (const mount of state.namespace.mounts) {
    const { path, reachable } = placePath({ mount, dentry: mount.root }, state.root);
    if (reachable) list.push({ mount, path });
  }
  return list;
}

export function mountsText(state: FsState): string {
  return visible(state)
    .map(({ mount, path }) => {
      const options = [flagText(mount), mount.options].filter(Boolean).join(",");
      return `${escaped(mount.source)} ${escaped(path)} ${mount.root.inode.fs.type} ${options} 0 0\n`;
    })
    .join("");
}

export function mountInfoText(state: FsState): string {
  return visible(state)
    .map(({ mount, path }) => {
      const { fs } = mount.root.inode;
      const parent = mount.mountpoint?.mount.id ?? 1;
      const options = [mount.flags.readonly ? "ro" : "rw", mount.options].filter(Boolean).join(",");
      return `${mount.id} ${parent} ${majorOf(fs.dev)}:${minorOf(fs.dev)} / ${escaped(path)} ${flagText(mount)} - ${fs.type} ${escaped(mount.source)} ${options}\n`;
    })
    .join("");
}
