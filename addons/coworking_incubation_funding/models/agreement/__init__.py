from . import coworking_funding_agreement
