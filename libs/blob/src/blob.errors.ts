import { defineErrors } from '#libs/kernel'

/** Refusals of the blob stores; the storage dialect renders them in its own words. */
export const blobErrors = defineErrors('blob', {
  not_found: { status: 404, message: 'There are no bytes under this key.' },
  too_large: { status: 413, message: 'The body is larger than the {maxBytes} bytes that are allowed here.' },
  interrupted: { status: 400, message: 'The body ended before all of it had arrived.' },
  key_invalid: { status: 500, message: 'The blob key is not one that Plinth makes.' },
  full: { status: 507, message: 'The disk that holds the objects is full. Free space there, or delete objects.' },
  unavailable: { status: 503, message: 'The object store does not answer or refuses to work; try again later.' },
  folder_unusable: {
    status: 500,
    message: 'The folder {path} cannot hold objects ({reason}). Give this user the right to write it, or choose another PLINTH_DATA_DIR.',
  },
  s3_unusable: {
    status: 500,
    message:
      'The bucket {bucket} at {endpoint} cannot be used: {reason} Check PLINTH_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY, _BUCKET and _REGION.',
  },
})
