/** Whether a native module loads on other Linux systems than the one it was built on. */
import { execFileSync } from 'node:child_process';

/** That of the systems on which the binaries of Node 20 and later run. */
export const GLIBC_FLOOR = [2, 28];
/** Part of every C library; musl has it under its own name, and takes this one for it. */
const C_LIBRARY = /^libc\.so\.6$/;

/** `null`, or the reason why not, as the end of a sentence that begins with the file. */
export function whyNotPortable(file) {
  const [headers, symbols] = ['-p', '-T'].map((what) => execFileSync('objdump', [what, file], { encoding: 'utf8' }));
  const path = /^ +(RPATH|RUNPATH) +(.*)$/m.exec(headers);
  if (path !== null) return `looks for libraries in ${path[2]} (${path[1]})`;
  const needed = [...headers.matchAll(/^ +NEEDED +(\S+)$/gm)].map((match) => match[1]);
  const other = needed.filter((library) => !C_LIBRARY.test(library));
  if (other.length > 0) return `needs ${other.join(', ')} beside the C library`;
  // `0000 DF *UND* 0000 (GLIBC_2.34) shm_open`
  const newer = [...symbols.matchAll(/\*UND\*.*\(?GLIBC_([\d.]+)\)? +(\S+)$/gm)].filter(([, v]) => isNewer(v));
  if (newer.length === 0) return null;
  const list = newer.map(([, version, name]) => `${name} (glibc ${version})`).join(', ');
  return `needs ${list}, newer than glibc ${GLIBC_FLOOR.join('.')}`;
}

function isNewer(version) {
  const [major, minor = 0] = version.split('.').map(Number);
  return major > GLIBC_FLOOR[0] || (major === GLIBC_FLOOR[0] && minor > GLIBC_FLOOR[1]);
}
