"""Message files in and out: watched folders and SFTP, each taken in once, poison set aside."""
