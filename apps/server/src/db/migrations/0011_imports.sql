-- Files in the folders of an import that are no pictures. They become no items; how many there were is told.
alter table transfer_jobs add column ignored_files integer not null default 0;
