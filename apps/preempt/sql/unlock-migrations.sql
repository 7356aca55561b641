SELECT RELEASE_LOCK(CONCAT(DATABASE(), '.migrations')) AS unlocked
