-- The database and its owner, by the Secrets; runs before each start, so a password changed there is set here.
\getenv superuser_password POSTGRES_PASSWORD
\getenv name DB_NAME
\getenv owner DB_USER
\getenv password DB_PASSWORD

ALTER ROLE postgres PASSWORD :'superuser_password';

SELECT format('CREATE ROLE %I LOGIN', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
ALTER ROLE :"owner" PASSWORD :'password';

SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
