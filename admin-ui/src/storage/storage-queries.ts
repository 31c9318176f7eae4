// Buckets and folders over the SDK.
import { queryOptions } from '@tanstack/react-query'
import { sdk, unwrap } from '../api/sdk.ts'

export const bucketsQuery = queryOptions({
  queryKey: ['storage', 'buckets'],
  queryFn: async () => unwrap((await sdk()).storage.listBuckets()),
})

export const folderLimit = 1000

export function folderQuery(bucket: string, path: string) {
  return queryOptions({
    queryKey: ['storage', 'folder', bucket, path],
    queryFn: async () =>
      unwrap((await sdk()).storage.from(bucket).list(path, { limit: folderLimit, sortBy: { column: 'name', order: 'asc' } })),
  })
}

/** The bytes of a file, for a preview. */
export function blobQuery(bucket: string, path: string, version: string) {
  return queryOptions({
    queryKey: ['storage', 'blob', bucket, path, version],
    queryFn: async ({ signal }) => unwrap((await sdk()).storage.from(bucket).download(path, { signal })),
    staleTime: 60_000,
    gcTime: 60_000,
  })
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
