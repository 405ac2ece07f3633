-- written by: python -m tests.storage.test_table_statements

-- postgres, create
CREATE TABLE "shop"."Orders" ("id" BIGINT, "price" DECIMAL, "is paid" BOOL, "day" TIMESTAMP, "a""b" VARCHAR)
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- postgres, load
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- postgres, createAndLoad
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- postgres, truncateAndLoad
TRUNCATE TABLE "shop"."Orders"
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- postgres, dropAndLoad
DROP TABLE "shop"."Orders"
CREATE TABLE "shop"."Orders" ("id" BIGINT, "price" DECIMAL, "is paid" BOOL, "day" TIMESTAMP, "a""b" VARCHAR)
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- postgres, upsert
CREATE TEMPORARY TABLE "gristmill_7_new" AS SELECT "id", "price", "is paid", "day", "a""b" FROM "shop"."Orders" WHERE 1 = 0
-- load "gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
UPDATE "shop"."Orders" AS t SET "price" = s."price", "is paid" = s."is paid", "day" = s."day", "a""b" = s."a""b" FROM "gristmill_7_new" AS s WHERE t."id" = s."id"
INSERT INTO "shop"."Orders" ("id", "price", "is paid", "day", "a""b") SELECT s."id", s."price", s."is paid", s."day", s."a""b" FROM "gristmill_7_new" AS s WHERE NOT EXISTS(SELECT 1 FROM "shop"."Orders" AS t WHERE t."id" = s."id")
-- commit is noted
COMMIT

-- mysql, create
CREATE TABLE `shop`.`gristmill_7_new` (`id` BIGINT NULL, `price` DOUBLE NULL, `is paid` BIT(1) NULL, `day` TIMESTAMP NULL, `a"b` LONGTEXT NULL)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
RENAME TABLE `shop`.`gristmill_7_new` TO `shop`.`Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- mysql, load
-- load `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
COMMIT

-- mysql, createAndLoad
-- load `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
COMMIT

-- mysql, truncateAndLoad
CREATE TABLE `shop`.`gristmill_7_new` LIKE `shop`.`Orders`
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
RENAME TABLE `shop`.`Orders` TO `shop`.`gristmill_7_old`, `shop`.`gristmill_7_new` TO `shop`.`Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- mysql, dropAndLoad
CREATE TABLE `shop`.`gristmill_7_new` (`id` BIGINT NULL, `price` DOUBLE NULL, `is paid` BIT(1) NULL, `day` TIMESTAMP NULL, `a"b` LONGTEXT NULL)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
RENAME TABLE `shop`.`Orders` TO `shop`.`gristmill_7_old`, `shop`.`gristmill_7_new` TO `shop`.`Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- mysql, upsert
CREATE TEMPORARY TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
UPDATE `shop`.`Orders` AS t JOIN `shop`.`gristmill_7_new` AS s ON t.`id` = s.`id` SET t.`price` = s.`price`, t.`is paid` = s.`is paid`, t.`day` = s.`day`, t.`a"b` = s.`a"b`
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT s.`id`, s.`price`, s.`is paid`, s.`day`, s.`a"b` FROM `shop`.`gristmill_7_new` AS s WHERE NOT EXISTS(SELECT 1 FROM `shop`.`Orders` AS t WHERE t.`id` = s.`id`)
-- commit is noted
COMMIT

-- mariadb, create
CREATE TABLE `shop`.`gristmill_7_new` (`id` BIGINT NULL, `price` DOUBLE NULL, `is paid` BIT(1) NULL, `day` TIMESTAMP NULL, `a"b` LONGTEXT NULL)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
RENAME TABLE `shop`.`gristmill_7_new` TO `shop`.`Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- mariadb, load
-- load `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
COMMIT

-- mariadb, createAndLoad
-- load `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
COMMIT

-- mariadb, truncateAndLoad
CREATE TABLE `shop`.`gristmill_7_new` LIKE `shop`.`Orders`
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
RENAME TABLE `shop`.`Orders` TO `shop`.`gristmill_7_old`, `shop`.`gristmill_7_new` TO `shop`.`Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- mariadb, dropAndLoad
CREATE TABLE `shop`.`gristmill_7_new` (`id` BIGINT NULL, `price` DOUBLE NULL, `is paid` BIT(1) NULL, `day` TIMESTAMP NULL, `a"b` LONGTEXT NULL)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
RENAME TABLE `shop`.`Orders` TO `shop`.`gristmill_7_old`, `shop`.`gristmill_7_new` TO `shop`.`Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- mariadb, upsert
CREATE TEMPORARY TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
UPDATE `shop`.`Orders` AS t JOIN `shop`.`gristmill_7_new` AS s ON t.`id` = s.`id` SET t.`price` = s.`price`, t.`is paid` = s.`is paid`, t.`day` = s.`day`, t.`a"b` = s.`a"b`
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT s.`id`, s.`price`, s.`is paid`, s.`day`, s.`a"b` FROM `shop`.`gristmill_7_new` AS s WHERE NOT EXISTS(SELECT 1 FROM `shop`.`Orders` AS t WHERE t.`id` = s.`id`)
-- commit is noted
COMMIT

-- sqlite, create
CREATE TABLE "shop"."Orders" ("id" INTEGER, "price" REAL, "is paid" BOOLEAN, "day" TIMESTAMP, "a""b" TEXT)
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- sqlite, load
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- sqlite, createAndLoad
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- sqlite, truncateAndLoad
DELETE FROM "shop"."Orders"
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- sqlite, dropAndLoad
DROP TABLE "shop"."Orders"
CREATE TABLE "shop"."Orders" ("id" INTEGER, "price" REAL, "is paid" BOOLEAN, "day" TIMESTAMP, "a""b" TEXT)
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- sqlite, upsert
CREATE TEMPORARY TABLE "gristmill_7_new" AS SELECT "id", "price", "is paid", "day", "a""b" FROM "shop"."Orders" WHERE 1 = 0
-- load "gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
UPDATE "shop"."Orders" AS t SET "price" = s."price", "is paid" = s."is paid", "day" = s."day", "a""b" = s."a""b" FROM "gristmill_7_new" AS s WHERE t."id" = s."id"
INSERT INTO "shop"."Orders" ("id", "price", "is paid", "day", "a""b") SELECT s."id", s."price", s."is paid", s."day", s."a""b" FROM "gristmill_7_new" AS s WHERE NOT EXISTS(SELECT 1 FROM "shop"."Orders" AS t WHERE t."id" = s."id")
-- commit is noted
COMMIT

-- duckdb, create
CREATE TABLE "shop"."Orders" ("id" BIGINT, "price" DOUBLE, "is paid" BOOLEAN, "day" TIMESTAMP, "a""b" VARCHAR)
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- duckdb, load
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- duckdb, createAndLoad
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- duckdb, truncateAndLoad
TRUNCATE TABLE "shop"."Orders"
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- duckdb, dropAndLoad
DROP TABLE "shop"."Orders"
CREATE TABLE "shop"."Orders" ("id" BIGINT, "price" DOUBLE, "is paid" BOOLEAN, "day" TIMESTAMP, "a""b" VARCHAR)
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- duckdb, upsert
CREATE TEMPORARY TABLE "gristmill_7_new" AS SELECT "id", "price", "is paid", "day", "a""b" FROM "shop"."Orders" WHERE 1 = 0
-- load "gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
UPDATE "shop"."Orders" AS t SET "price" = s."price", "is paid" = s."is paid", "day" = s."day", "a""b" = s."a""b" FROM "gristmill_7_new" AS s WHERE t."id" = s."id"
INSERT INTO "shop"."Orders" ("id", "price", "is paid", "day", "a""b") SELECT s."id", s."price", s."is paid", s."day", s."a""b" FROM "gristmill_7_new" AS s WHERE NOT EXISTS(SELECT 1 FROM "shop"."Orders" AS t WHERE t."id" = s."id")
-- commit is noted
COMMIT

-- sqlserver, create
CREATE TABLE [shop].[Orders] ([id] BIGINT NULL, [price] FLOAT NULL, [is paid] BIT NULL, [day] DATETIME2 NULL, [a"b] NVARCHAR(MAX) NULL)
-- load [shop].[Orders] ([id], [price], [is paid], [day], [a"b])
-- commit is noted
COMMIT

-- sqlserver, load
-- load [shop].[Orders] ([id], [price], [is paid], [day], [a"b])
-- commit is noted
COMMIT

-- sqlserver, createAndLoad
-- load [shop].[Orders] ([id], [price], [is paid], [day], [a"b])
-- commit is noted
COMMIT

-- sqlserver, truncateAndLoad
TRUNCATE TABLE [shop].[Orders]
-- load [shop].[Orders] ([id], [price], [is paid], [day], [a"b])
-- commit is noted
COMMIT

-- sqlserver, dropAndLoad
DROP TABLE [shop].[Orders]
CREATE TABLE [shop].[Orders] ([id] BIGINT NULL, [price] FLOAT NULL, [is paid] BIT NULL, [day] DATETIME2 NULL, [a"b] NVARCHAR(MAX) NULL)
-- load [shop].[Orders] ([id], [price], [is paid], [day], [a"b])
-- commit is noted
COMMIT

-- sqlserver, upsert
SELECT * INTO [#gristmill_7_new] FROM (SELECT [id] AS [id], [price] AS [price], [is paid] AS [is paid], [day] AS [day], [a"b] AS [a"b] FROM [shop].[Orders] WHERE 1 = 0) AS temp
-- load [#gristmill_7_new] ([id], [price], [is paid], [day], [a"b])
MERGE INTO [shop].[Orders] AS t USING [#gristmill_7_new] AS s ON (t.[id] = s.[id]) WHEN MATCHED THEN UPDATE SET [price] = s.[price], [is paid] = s.[is paid], [day] = s.[day], [a"b] = s.[a"b] WHEN NOT MATCHED THEN INSERT ([id], [price], [is paid], [day], [a"b]) VALUES (s.[id], s.[price], s.[is paid], s.[day], s.[a"b])
-- commit is noted
COMMIT

-- oracle, create
CREATE TABLE "shop"."gristmill_7_new" ("id" NUMBER(19), "price" DECIMAL(38,9), "is paid" VARCHAR2(4000), "day" TIMESTAMP, "a""b" VARCHAR2(4000))
-- load "shop"."gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
COMMIT
-- commit is noted
ALTER TABLE "shop"."gristmill_7_new" RENAME TO "Orders"
DROP TABLE IF EXISTS "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_old"

-- oracle, load
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- oracle, createAndLoad
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- oracle, truncateAndLoad
DELETE FROM "shop"."Orders"
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- oracle, dropAndLoad
CREATE TABLE "shop"."gristmill_7_new" ("id" NUMBER(19), "price" DECIMAL(38,9), "is paid" VARCHAR2(4000), "day" TIMESTAMP, "a""b" VARCHAR2(4000))
-- load "shop"."gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
COMMIT
-- commit is noted
DROP TABLE "shop"."Orders"
ALTER TABLE "shop"."gristmill_7_new" RENAME TO "Orders"
DROP TABLE IF EXISTS "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_old"

-- oracle, upsert
CREATE TABLE "shop"."gristmill_7_new" AS SELECT "id", "price", "is paid", "day", "a""b" FROM "shop"."Orders" WHERE 1 = 0
-- load "shop"."gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
MERGE INTO "shop"."Orders" t USING "shop"."gristmill_7_new" s ON (t."id" = s."id") WHEN MATCHED THEN UPDATE SET "price" = s."price", "is paid" = s."is paid", "day" = s."day", "a""b" = s."a""b" WHEN NOT MATCHED THEN INSERT ("id", "price", "is paid", "day", "a""b") VALUES (s."id", s."price", s."is paid", s."day", s."a""b")
COMMIT
DROP TABLE "shop"."gristmill_7_new"

-- redshift, create
CREATE TABLE "shop"."Orders" ("id" bigint, "price" double precision, "is paid" bool, "day" timestamp, "a""b" varchar(65535))
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- redshift, load
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- redshift, createAndLoad
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- redshift, truncateAndLoad
DELETE FROM "shop"."Orders"
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- redshift, dropAndLoad
DROP TABLE "shop"."Orders"
CREATE TABLE "shop"."Orders" ("id" bigint, "price" double precision, "is paid" bool, "day" timestamp, "a""b" varchar(65535))
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- redshift, upsert
CREATE TEMPORARY TABLE "gristmill_7_new" AS SELECT "id", "price", "is paid", "day", "a""b" FROM "shop"."Orders" WHERE 1 = 0
-- load "gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
UPDATE "shop"."Orders" AS t SET "price" = s."price", "is paid" = s."is paid", "day" = s."day", "a""b" = s."a""b" FROM "gristmill_7_new" AS s WHERE t."id" = s."id"
INSERT INTO "shop"."Orders" ("id", "price", "is paid", "day", "a""b") SELECT s."id", s."price", s."is paid", s."day", s."a""b" FROM "gristmill_7_new" AS s WHERE NOT EXISTS(SELECT 1 FROM "shop"."Orders" AS t WHERE t."id" = s."id")
-- commit is noted
COMMIT

-- snowflake, create
CREATE TABLE "shop"."gristmill_7_new" ("id" BIGINT, "price" FLOAT, "is paid" BOOLEAN, "day" DATE, "a""b" VARCHAR)
-- load "shop"."gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
COMMIT
-- commit is noted
ALTER TABLE "shop"."gristmill_7_new" RENAME TO "Orders"
DROP TABLE IF EXISTS "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_old"

-- snowflake, load
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- snowflake, createAndLoad
-- load "shop"."Orders" ("id", "price", "is paid", "day", "a""b")
-- commit is noted
COMMIT

-- snowflake, truncateAndLoad
CREATE TABLE "shop"."gristmill_7_new" LIKE "shop"."Orders"
-- load "shop"."gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
COMMIT
-- commit is noted
ALTER TABLE "shop"."Orders" SWAP WITH "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_old"

-- snowflake, dropAndLoad
CREATE TABLE "shop"."gristmill_7_new" ("id" BIGINT, "price" FLOAT, "is paid" BOOLEAN, "day" DATE, "a""b" VARCHAR)
-- load "shop"."gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
COMMIT
-- commit is noted
ALTER TABLE "shop"."Orders" SWAP WITH "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_new"
DROP TABLE IF EXISTS "shop"."gristmill_7_old"

-- snowflake, upsert
CREATE TEMPORARY TABLE "gristmill_7_new" AS SELECT "id", "price", "is paid", "day", "a""b" FROM "shop"."Orders" WHERE 1 = 0
-- load "gristmill_7_new" ("id", "price", "is paid", "day", "a""b")
UPDATE "shop"."Orders" AS t SET "price" = s."price", "is paid" = s."is paid", "day" = s."day", "a""b" = s."a""b" FROM "gristmill_7_new" AS s WHERE t."id" = s."id"
INSERT INTO "shop"."Orders" ("id", "price", "is paid", "day", "a""b") SELECT s."id", s."price", s."is paid", s."day", s."a""b" FROM "gristmill_7_new" AS s WHERE NOT EXISTS(SELECT 1 FROM "shop"."Orders" AS t WHERE t."id" = s."id")
-- commit is noted
COMMIT

-- bigquery, create
CREATE TABLE `shop`.`gristmill_7_new` (`id` INTEGER, `price` FLOAT64, `is paid` BOOLEAN, `day` DATE, `a"b` STRING)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
ALTER TABLE `shop`.`gristmill_7_new` RENAME TO `Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- bigquery, load
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`gristmill_7_new`
DROP TABLE `shop`.`gristmill_7_new`

-- bigquery, createAndLoad
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`gristmill_7_new`
DROP TABLE `shop`.`gristmill_7_new`

-- bigquery, truncateAndLoad
CREATE TABLE `shop`.`gristmill_7_new` LIKE `shop`.`Orders`
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
CREATE OR REPLACE TABLE `shop`.`Orders` AS SELECT * FROM `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- bigquery, dropAndLoad
CREATE TABLE `shop`.`gristmill_7_new` (`id` INTEGER, `price` FLOAT64, `is paid` BOOLEAN, `day` DATE, `a"b` STRING)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
CREATE OR REPLACE TABLE `shop`.`Orders` AS SELECT * FROM `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- bigquery, upsert
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
MERGE INTO `shop`.`Orders` AS t USING `shop`.`gristmill_7_new` AS s ON (t.`id` = s.`id`) WHEN MATCHED THEN UPDATE SET `price` = s.`price`, `is paid` = s.`is paid`, `day` = s.`day`, `a"b` = s.`a"b` WHEN NOT MATCHED THEN INSERT (`id`, `price`, `is paid`, `day`, `a"b`) VALUES (s.`id`, s.`price`, s.`is paid`, s.`day`, s.`a"b`)
COMMIT
DROP TABLE `shop`.`gristmill_7_new`

-- databricks, create
CREATE TABLE `shop`.`gristmill_7_new` (`id` bigint, `price` double, `is paid` boolean, `day` timestamp, `a"b` string)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
ALTER TABLE `shop`.`gristmill_7_new` RENAME TO `Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- databricks, load
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`gristmill_7_new`
DROP TABLE `shop`.`gristmill_7_new`

-- databricks, createAndLoad
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`gristmill_7_new`
DROP TABLE `shop`.`gristmill_7_new`

-- databricks, truncateAndLoad
CREATE TABLE `shop`.`gristmill_7_new` LIKE `shop`.`Orders`
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
CREATE OR REPLACE TABLE `shop`.`Orders` AS SELECT * FROM `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- databricks, dropAndLoad
CREATE TABLE `shop`.`gristmill_7_new` (`id` bigint, `price` double, `is paid` boolean, `day` timestamp, `a"b` string)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
CREATE OR REPLACE TABLE `shop`.`Orders` AS SELECT * FROM `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- databricks, upsert
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
MERGE INTO `shop`.`Orders` AS t USING `shop`.`gristmill_7_new` AS s ON (t.`id` = s.`id`) WHEN MATCHED THEN UPDATE SET `price` = s.`price`, `is paid` = s.`is paid`, `day` = s.`day`, `a"b` = s.`a"b` WHEN NOT MATCHED THEN INSERT (`id`, `price`, `is paid`, `day`, `a"b`) VALUES (s.`id`, s.`price`, s.`is paid`, s.`day`, s.`a"b`)
COMMIT
DROP TABLE `shop`.`gristmill_7_new`

-- hive, create
CREATE TABLE `shop`.`gristmill_7_new` (`id` bigint, `price` double, `is paid` boolean, `day` timestamp, `a"b` string)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
ALTER TABLE `shop`.`gristmill_7_new` RENAME TO `Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- hive, load
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`gristmill_7_new`
DROP TABLE `shop`.`gristmill_7_new`

-- hive, createAndLoad
CREATE TABLE `shop`.`gristmill_7_new` AS SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`Orders` WHERE 1 = 0
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
-- commit is noted
INSERT INTO `shop`.`Orders` (`id`, `price`, `is paid`, `day`, `a"b`) SELECT `id`, `price`, `is paid`, `day`, `a"b` FROM `shop`.`gristmill_7_new`
DROP TABLE `shop`.`gristmill_7_new`

-- hive, truncateAndLoad
CREATE TABLE `shop`.`gristmill_7_new` LIKE `shop`.`Orders`
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
INSERT OVERWRITE TABLE `shop`.`Orders` SELECT * FROM `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- hive, dropAndLoad
CREATE TABLE `shop`.`gristmill_7_new` (`id` bigint, `price` double, `is paid` boolean, `day` timestamp, `a"b` string)
-- load `shop`.`gristmill_7_new` (`id`, `price`, `is paid`, `day`, `a"b`)
COMMIT
-- commit is noted
DROP TABLE `shop`.`Orders`
ALTER TABLE `shop`.`gristmill_7_new` RENAME TO `Orders`
DROP TABLE IF EXISTS `shop`.`gristmill_7_new`
DROP TABLE IF EXISTS `shop`.`gristmill_7_old`

-- hive, upsert
-- not supported: upsert into Hive tables
