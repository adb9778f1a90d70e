/** A camera that goes round a point: by pointer, wheel and keys. */

import { PerspectiveCamera, Vector3 } from 'three';

const LOWEST = 0.05;
const HIGHEST = Math.PI / 2 - 0.02;
const NEAREST_M = 15;

export class Orbit {
  readonly camera = new PerspectiveCamera(42, 1, 1, 8_000);
  private readonly target = new Vector3();
  private azimuth = 0.5;
  private elevation = 0.55;
  private farM = 400;
  private mostM = 3_000;

  constructor(private readonly changed: () => void) {}

  /** Looks at a stretch of ground as a whole. */
  frame(x: number, z: number, acrossM: number): void {
    this.target.set(x, 0, z);
    this.mostM = Math.max(200, acrossM * 2.5);
    this.farM = acrossM * 1.1;
    this.apply();
  }

  turn(round: number, up: number): void {
    this.azimuth += round;
    this.elevation = Math.min(HIGHEST, Math.max(LOWEST, this.elevation + up));
    this.apply();
  }

  go(factor: number): void {
    this.farM = Math.min(this.mostM, Math.max(NEAREST_M, this.farM * factor));
    this.apply();
  }

  /** Moves what is looked at: to the right and away, in shares of the distance. */
  shift(right: number, away: number): void {
    const [cos, sin] = [Math.cos(this.azimuth), Math.sin(this.azimuth)];
    this.target.x += (right * cos - away * sin) * this.farM;
    this.target.z += (-right * sin - away * cos) * this.farM;
    this.apply();
  }

  lookAt(x: number, y: number, z: number): void {
    this.target.set(x, y, z);
    this.farM = Math.min(this.farM, 80);
    this.apply();
  }

  fit(width: number, height: number): void {
    this.camera.aspect = width / Math.max(1, height);
    this.camera.updateProjectionMatrix();
    this.changed();
  }

  private apply(): void {
    const flat = Math.cos(this.elevation) * this.farM;
    this.camera.position.set(
      this.target.x + flat * Math.sin(this.azimuth),
      this.target.y + Math.sin(this.elevation) * this.farM,
      this.target.z + flat * Math.cos(this.azimuth),
    );
    this.camera.lookAt(this.target);
    this.changed();
  }
}
