BEGIN;
insert into dogs (birth_date,breed,breed_key,created_at,name,name_key,owner_id,updated_at,user_id,id) values (?,?,?,?,?,?,?,?,?,?);
ROLLBACK;
