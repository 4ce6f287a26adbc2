import type { WalletService } from '../contract/wallet-service';

/** What one scene came to: in words, and as the service answered it. */
export interface Outcome {
  readonly told: string;
  readonly result: object;
}

/** One scene: what to see in it, the command that would do the same, and the same done through the service. */
export interface Scene {
  readonly says: string;
  readonly command: string;
  play(wallet: WalletService): Promise<Outcome>;
}
