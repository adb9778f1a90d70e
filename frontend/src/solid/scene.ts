/** Boxes, blocks, quay and ships in space. Drawn only when something has changed: there may be no graphics hardware. */

import {
  BoxGeometry,
  BufferAttribute,
  Color,
  InstancedMesh,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Raycaster,
  Scene,
  Vector2,
  WebGLRenderer,
} from 'three';
import type { Colours } from '../parts/canvas';
import { Orbit } from './orbit';
import type { Placing } from './placing';

export interface Painted extends Placing {
  fill: string;
}

/** How sharp it is drawn at most, and where every dot is reckoned by the processor. */
const MOST_DOTS = 1.5;
const MOST_DOTS_WITHOUT_HARDWARE = 1;
/** How bright the sides of a box are: along the quay, upwards, inland. Written into the box, so that no light is reckoned. */
const BRIGHT = [0.74, 1, 0.86] as const;

export class Space {
  readonly orbit = new Orbit(() => this.ask());
  /** How many pictures were drawn, and how long the last one took. */
  drawn = 0;
  drawnMs = 0;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly cube = litCube();
  private readonly mostDots: number;
  private boxes: InstancedMesh | null = null;
  private ids: string[] = [];
  private readonly still: Mesh[] = [];
  private frame = 0;

  /** Throws where the browser has no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly told: (space: Space) => void,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: false, powerPreference: 'low-power' });
    const gl = this.renderer.getContext();
    const named = gl.getExtension('WEBGL_debug_renderer_info');
    const name = String(gl.getParameter(named?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
    this.mostDots = /swiftshader|llvmpipe|software/i.test(name) ? MOST_DOTS_WITHOUT_HARDWARE : MOST_DOTS;
  }

  resize(width: number, height: number): void {
    this.renderer.setPixelRatio(Math.min(this.mostDots, window.devicePixelRatio || 1));
    this.renderer.setSize(width, height, false);
    this.orbit.fit(width, height);
  }

  /** What stays where it is: water, quay, the ground of blocks, hulls. */
  paintGround(
    colour: Colours,
    quayM: number,
    inlandM: number,
    blocks: readonly Placing[],
    hulls: readonly Placing[],
  ): void {
    for (const mesh of this.still.splice(0)) {
      this.scene.remove(mesh);
      (mesh.material as MeshBasicMaterial).dispose();
      if (mesh.geometry !== this.cube) mesh.geometry.dispose();
    }
    this.scene.background = new Color(colour.ground);
    this.plane(colour.quay, quayM / 2, -0.05, inlandM / 2, quayM, inlandM);
    this.plane(colour.water, quayM / 2, -3, -90, quayM + 400, 180);
    for (const block of blocks) this.body(block, colour.cell, 1);
    for (const hull of hulls) this.body(hull, colour.lid, 0.35);
    this.ask();
  }

  paintBoxes(boxes: readonly Painted[]): void {
    if (this.boxes) {
      this.scene.remove(this.boxes);
      (this.boxes.material as MeshBasicMaterial).dispose();
      this.boxes.dispose();
      this.boxes = null;
    }
    this.ids = boxes.map((box) => box.id);
    if (boxes.length) {
      const mesh = new InstancedMesh(this.cube, new MeshBasicMaterial({ vertexColors: true }), boxes.length);
      const [matrix, colour] = [new Matrix4(), new Color()];
      boxes.forEach((box, at) => {
        matrix.makeScale(...box.size).setPosition(box.x, box.y, box.z);
        mesh.setMatrixAt(at, matrix);
        mesh.setColorAt(at, colour.set(box.fill));
      });
      this.boxes = mesh;
      this.scene.add(mesh);
    }
    this.ask();
  }

  /** The box under a point of the canvas, "" for none. */
  boxAt(x: number, y: number): string {
    if (!this.boxes) return '';
    const at = new Vector2((2 * x) / this.canvas.clientWidth - 1, 1 - (2 * y) / this.canvas.clientHeight);
    const ray = new Raycaster();
    ray.setFromCamera(at, this.orbit.camera);
    const hit = ray.intersectObject(this.boxes)[0]?.instanceId;
    return hit === undefined ? '' : (this.ids[hit] ?? '');
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    this.paintBoxes([]);
    cancelAnimationFrame(this.frame);
    this.cube.dispose();
    this.renderer.dispose();
  }

  private ask(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const begun = performance.now();
      this.renderer.render(this.scene, this.orbit.camera);
      this.drawn += 1;
      this.drawnMs = performance.now() - begun;
      this.told(this);
    });
  }

  private plane(fill: string, x: number, y: number, z: number, width: number, depth: number): void {
    const mesh = new Mesh(new PlaneGeometry(width, depth), new MeshBasicMaterial({ color: new Color(fill) }));
    mesh.rotation.x = -Math.PI / 2;
    mesh.position.set(x, y, z);
    this.add(mesh);
  }

  private body(placing: Placing, fill: string, opacity: number): void {
    const material = new MeshBasicMaterial({
      color: new Color(fill),
      vertexColors: true,
      opacity,
      transparent: opacity < 1,
      depthWrite: opacity === 1,
    });
    const mesh = new Mesh(this.cube, material);
    mesh.scale.set(...placing.size);
    mesh.position.set(placing.x, placing.y, placing.z);
    this.add(mesh);
  }

  private add(mesh: Mesh): void {
    this.still.push(mesh);
    this.scene.add(mesh);
  }
}

/** A box without its bottom, which nobody sees, its sides as bright as they are to be. */
function litCube(): BoxGeometry {
  const cube = new BoxGeometry(1, 1, 1);
  const normals = cube.getAttribute('normal');
  const bright = new Float32Array(3 * normals.count);
  for (let at = 0; at < normals.count; at += 1) {
    const along = [normals.getX(at), normals.getY(at), normals.getZ(at)].findIndex((part) => Math.abs(part) > 0.5);
    bright.fill(BRIGHT[along] ?? 1, 3 * at, 3 * at + 3);
  }
  cube.setAttribute('color', new BufferAttribute(bright, 3));
  const index = [...(cube.index?.array ?? [])];
  const isBottom = (vertex: number): boolean => normals.getY(vertex) < -0.5;
  cube.setIndex(index.filter((vertex) => !isBottom(vertex)));
  cube.clearGroups();
  return cube;
}
