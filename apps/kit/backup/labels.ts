/** What marks a snapshot with the backup that it belongs to. */
export const backupLabel = 'plumbline.dev/backup';
/** Of how many claims the backup consists: fewer ready ones are no good backup. */
export const countAnnotation = 'plumbline.dev/claims';
/** The claim as it was, to be made again: its labels and what it asked for. */
export const claimAnnotation = 'plumbline.dev/claim';
/** By this label a set's claims are those of one workload. */
export const nameLabel = 'app.kubernetes.io/name';
