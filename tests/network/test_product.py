"""What is bought for seats is not deleted under the tariffs that need it."""

from ..common import CoworkingCase


class TestProduct(CoworkingCase):
    def test_a_product_that_tariffs_use_says_so_however_it_is_deleted(self):
        for record in (self.seat_product, self.seat_product.product_tmpl_id):
            with self.subTest(record._name), self.assertRefused("Nomad", "cannot be deleted"):
                record.unlink()

    def test_another_product_is_deleted_as_ever(self):
        product = self._new_product("Unused")
        template = product.product_tmpl_id
        template.unlink()
        self.assertFalse(product.exists())
        product = self._new_product("Unused")
        template = product.product_tmpl_id
        product.unlink()
        self.assertFalse(template.exists())
