/** Images that belong together by somebody's wish. */
export interface Collection {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly imageCount: number;
  readonly createdAt: Date;
}
