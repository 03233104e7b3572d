import type { Comm } from '../communicator.js';
import type { MpiOptions } from '../mpi/init-mpi.js';
import type { BackendName, ShmConfig, TcpConfig } from './backend-kind.js';

/** How each backend starts. Its code is imported by the call, so that a process has in memory only what it uses. */
export interface BackendLoaders {
  mpi(options?: MpiOptions): Promise<Comm>;
  tcp(config: TcpConfig): Promise<Comm>;
  shm(config: ShmConfig): Promise<Comm>;
  local(): Promise<Comm>;
}

/** Entry modules of the backends that a build may lack. Not literals in `import()`, because the files may be missing. */
const ENTRIES: Readonly<Record<Exclude<BackendName, 'local'>, string>> = {
  mpi: '../mpi/init-mpi.js',
  tcp: '../tcp/connect-tcp.js',
  shm: '../shm/attach-shm.js',
};

export const BACKEND_LOADERS: BackendLoaders = {
  async mpi(options) {
    const { initMpi } = (await import(ENTRIES.mpi)) as typeof import('../mpi/init-mpi.js');
    return initMpi(options);
  },
  async tcp(config) {
    const { connectTcp } = (await import(ENTRIES.tcp)) as typeof import('../tcp/connect-tcp.js');
    return connectTcp(config);
  },
  async shm(config) {
    const { attachShm } = (await import(ENTRIES.shm)) as typeof import('../shm/attach-shm.js');
    return attachShm(config);
  },
  async local() {
    const { LocalCommunicator } = await import('../local/local-communicator.js');
    return new LocalCommunicator();
  },
};
